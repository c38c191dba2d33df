"""News while a page is open: server-sent events that say only that there is something new, never what.

A page that hears "post" asks the board for what this person may see of it, so nothing is told here that the
law does not allow. Without JavaScript, or where events do not come through, the page asks now and then
instead.
"""

import asyncio
import contextlib
import signal
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any
from uuid import UUID

import structlog
from litestar import Request, Response, get
from litestar.response import Stream
from sqlalchemy.exc import SQLAlchemyError

from alongside.access.permissions import Permission
from alongside.access.person import Person, nobody
from alongside.access.policy import allowed_at_all
from alongside.database.listening import Listener
from alongside.errors import NotThere, SignedOut, TooBusy
from alongside.web.errors import answer_to
from alongside.web.house import SESSION_COOKIE, House, Tenant
from alongside.web.render import response_to

HEARTBEAT = 25.0
"""Seconds between signs of life; before each, and before all news, we look whether the session still holds."""

MOST_OF_ONE = 2
"""Open pages of one person that hear news at once in one process: a browser has six connections to a host, and
needs some for everything else. Further pages ask now and then instead."""

MOST_OF_ALL = 5_000
LONGEST = 3600.0
"""Seconds after which a page has to ask anew, so that no stream outlives a release of ours by long."""

POST, CASE = "post", "case"
"""Kinds of news: a post on the board, and something done in a case."""

PERMISSION = Permission.SEE_BOARD
log = structlog.get_logger("alongside.live")


@dataclass(eq=False)
class Ear:
    """One open page that hears news of one authority."""

    authority_id: int
    person_id: UUID | None
    of_cases: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False
    kinds: set[str] = field(default_factory=set)

    def hear(self, kind: str) -> None:
        """There is something of this kind; of cases only those hear who handle them."""
        if kind != CASE or self.of_cases:
            self.kinds.add(kind)
            self.news.set()

    def close(self) -> None:
        """No more for this page."""
        self.closed = True
        self.news.set()


class Live:
    """All open pages of this process, behind one connection to PostgreSQL that listens for them."""

    def __init__(self, url: str) -> None:
        """Connect with the first page, not before."""
        self.ears: dict[int, list[Ear]] = {}
        self.listener = Listener(url, self._heard, self._heard_nothing_for_a_while)

    async def open(self, person: Person) -> Ear:
        """Begin to hear for one page of a person."""
        self.listener.start()
        here = self.ears.setdefault(person.authority_id, [])
        ear = Ear(person.authority_id, person.id, allowed_at_all(person, Permission.HANDLE_CASE))
        here.append(ear)
        await self.listener.add(f"alongside_{person.authority_id}")
        return ear

    async def shut(self, ear: Ear) -> None:
        """This page is gone; with the last of an authority nobody listens for it any more."""
        here = self.ears.get(ear.authority_id, [])
        if ear in here:
            here.remove(ear)
        if not here and self.ears.pop(ear.authority_id, None) is not None:
            await self.listener.remove(f"alongside_{ear.authority_id}")

    def close_pages(self) -> None:
        """End every page's stream; each comes back by itself, to whichever process there is then."""
        for ear in [ear for here in self.ears.values() for ear in here]:
            ear.close()

    async def stop(self) -> None:
        """End every page's stream and the connection."""
        self.close_pages()
        await self.listener.stop()

    def open_pages(self) -> int:
        """How many pages hear news just now."""
        return sum(len(here) for here in self.ears.values())

    def full_for(self, person: Person) -> bool:
        """Whether there is no place for another page of this person."""
        theirs = [ear for ear in self.ears.get(person.authority_id, ()) if ear.person_id == person.id]
        return len(theirs) >= MOST_OF_ONE or self.open_pages() >= MOST_OF_ALL

    def _heard(self, channel: str, payload: str) -> None:
        for ear in self.ears.get(int(channel.rpartition("_")[2]), ()):
            ear.hear(CASE if payload == CASE else POST)

    def _heard_nothing_for_a_while(self) -> None:
        """After a lost connection every page looks for itself what it missed."""
        for here in self.ears.values():
            for ear in here:
                ear.hear(POST)
                ear.hear(CASE)


def live_of(house: House) -> Live:
    """The open pages of this process; made with the first."""
    present = getattr(house, "live", None)
    if not isinstance(present, Live):
        present = Live(house.database.address)
        house.live = present  # type: ignore[attr-defined]
        _end_with_process(present)
    return present


def _end_with_process(live: Live) -> None:
    """Let no open page hold up a process that is told to end: the server waits for streams that never end."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if callable(before):
            signal.signal(number, _first(lambda: loop.call_soon_threadsafe(live.close_pages), before))


def _first(act: Callable[[], object], then: Callable[[int, FrameType | None], Any]) -> Callable[..., None]:
    def told(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: there are no streams either
            act()
        then(number, frame)

    return told


async def events(
    live: Live, ear: Ear, house: House, tenant: Tenant, token: str | None
) -> AsyncIterator[bytes]:
    """What goes over the wire: "post" when there is something new, a comment as a sign of life in between."""
    until = asyncio.get_running_loop().time() + LONGEST
    try:
        yield b"retry: 5000\n: listening\n\n"
        while asyncio.get_running_loop().time() < until:
            try:
                await asyncio.wait_for(ear.news.wait(), HEARTBEAT)
            except TimeoutError:
                if not await _still_allowed(house, tenant, token):
                    return
                yield b": still here\n\n"
                continue
            if ear.closed:
                return
            kinds, ear.kinds = sorted(ear.kinds), set()
            ear.news.clear()
            if not await _still_allowed(house, tenant, token):
                return
            for kind in kinds:
                yield f"event: {kind}\ndata: \n\n".encode()
    finally:
        await asyncio.shield(live.shut(ear))


async def _who(house: House, tenant: Tenant, token: str | None) -> Person:
    authority_id = tenant.authority_id
    async with house.turns.turn(authority_id), house.database.fenced(authority_id, read_only=True) as session:
        return await house.find_person(session, tenant, token, house.today())


async def _still_allowed(house: House, tenant: Tenant, token: str | None) -> bool:
    """Whether the session behind an open page still holds; a database that cannot be asked just now ends nothing."""
    try:
        person = await _who(house, tenant, token)
    except (SQLAlchemyError, OSError, TooBusy):
        return True
    return person.signed_in and allowed_at_all(person, PERMISSION)


@get("/live", opt={"permission": PERMISSION})
async def hear_news(request: Request[Any, Any, Any]) -> Response[Any]:
    """A stream of “there is something new” for a page that is open; a plain sentence for whoever is no such page."""
    house: House = request.app.state.house
    tenant: Tenant | None = None
    person: Person | None = None
    token = request.cookies.get(SESSION_COOKIE)
    try:
        tenant = await house.find_tenant(request.headers.get("host", ""))
        if tenant is None:
            raise NotThere
        person = nobody(tenant.authority_id, house.today())
        person = await _who(house, tenant, token)
        if not allowed_at_all(person, PERMISSION):
            raise NotThere if person.signed_in else SignedOut
    except Exception as problem:  # noqa: BLE001  (answer_to knows what to say to whatever it is)
        return response_to(request, house, tenant, person, await answer_to(problem, request, person))
    if "text/event-stream" not in request.headers.get("accept", ""):
        return Response("Open pages listen here for news.\n", media_type="text/plain")
    live = live_of(house)
    if live.full_for(person):
        return Response(None, status_code=204)  # which tells a browser not to come back
    ear = await live.open(person)
    return Stream(
        events(live, ear, house, tenant, token),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


routes = [hear_news]
