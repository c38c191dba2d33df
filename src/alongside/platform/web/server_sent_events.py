"""Server-sent events that tell an open page that there is something new, without any content.

A page that receives an event requests its list again with the person's own permissions, so the event reveals nothing.
Without JavaScript, or where events do not arrive, the page polls instead.
"""

import asyncio
import contextlib
import signal
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from uuid import UUID

import structlog
from litestar import Response, get
from litestar.response import Stream

from alongside.errors import AuthenticationRequired, NotFound, ServiceUnavailable
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.listener import Listener
from alongside.platform.database.retries import DATABASE_ERRORS
from alongside.platform.web.context import SESSION_COOKIE, AppContext, Tenant
from alongside.platform.web.errors import error_page
from alongside.platform.web.http import HttpRequest, HttpResponse
from alongside.platform.web.render import plain_response, response_to
from alongside.platform.web.responses import Page

HEARTBEAT = 25.0
"""Seconds between heartbeats; before each heartbeat and each event the session is checked."""

MOST_OF_ONE = 2
"""Open streams of one person in one process: a browser has six connections to a host and needs some for other requests.
Further pages poll instead.
"""

MOST_OF_ALL = 5_000
LONGEST = 3600.0
"""Seconds after which a stream ends and the page reconnects, so that no stream long outlives a release."""

PERMISSION = Permission.VIEW_NEEDS_AND_OFFERS
log = structlog.get_logger("alongside.live")


@dataclass(eq=False)
class Subscription:
    """One open page that receives events of one authority.

    `names` maps the payloads whose events the person receives to the names of the events.
    """

    authority_id: int
    person_id: UUID | None
    names: Mapping[str, str]
    news: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False
    waiting: set[str] = field(default_factory=set)

    def hear(self, payload: str) -> None:
        """Queue the event of this payload, if the person receives it."""
        if payload in self.names:
            self.waiting.add(self.names[payload])
            self.news.set()

    def hear_all(self) -> None:
        """Queue every event that the person receives."""
        for payload in self.names:
            self.hear(payload)

    def close(self) -> None:
        """End the stream of this page."""
        self.closed = True
        self.news.set()


class EventBroadcaster:
    """All open pages of this process, behind one connection that listens to PostgreSQL."""

    def __init__(self, url: str, events: Mapping[str, tuple[str, Permission]]) -> None:
        """Create the broadcaster; it connects with the first page."""
        self.events = events
        self.ears: dict[int, list[Subscription]] = {}
        self.listener = Listener(url, self._heard, self._heard_nothing_for_a_while)

    async def open(self, person: Principal) -> Subscription:
        """Subscribe a page of a person."""
        self.listener.start()
        here = self.ears.setdefault(person.authority_id, [])
        names = {
            payload: name
            for payload, (name, permission) in self.events.items()
            if has_permission(person, permission)
        }
        subscription = Subscription(person.authority_id, person.id, names)
        here.append(subscription)
        await self.listener.add(f"alongside_{person.authority_id}")
        return subscription

    async def shut(self, subscription: Subscription) -> None:
        """Unsubscribe a page; after the last of an authority, stop listening to its channel."""
        here = self.ears.get(subscription.authority_id, [])
        if subscription in here:
            here.remove(subscription)
        if not here and self.ears.pop(subscription.authority_id, None) is not None:
            await self.listener.remove(f"alongside_{subscription.authority_id}")

    def close_pages(self) -> None:
        """End every page's stream; the browsers reconnect by themselves, to whichever process runs then."""
        for subscription in [subscription for here in self.ears.values() for subscription in here]:
            subscription.close()

    async def stop(self) -> None:
        """End every page's stream and the connection."""
        self.close_pages()
        await self.listener.stop()

    def open_pages(self) -> int:
        """Return how many pages are subscribed."""
        return sum(len(here) for here in self.ears.values())

    def full_for(self, person: Principal) -> bool:
        """Return whether this person may open no further stream."""
        theirs = [
            subscription
            for subscription in self.ears.get(person.authority_id, ())
            if subscription.person_id == person.id
        ]
        return len(theirs) >= MOST_OF_ONE or self.open_pages() >= MOST_OF_ALL

    def _heard(self, channel: str, payload: str) -> None:
        for subscription in self.ears.get(int(channel.rpartition("_")[2]), ()):
            subscription.hear(payload)

    def _heard_nothing_for_a_while(self) -> None:
        """After a lost connection, make every page look for what it missed."""
        for here in self.ears.values():
            for subscription in here:
                subscription.hear_all()


def live_of(app_context: AppContext) -> EventBroadcaster:
    """Return the broadcaster of this process; the first call creates it."""
    present = getattr(app_context, "live", None)
    if not isinstance(present, EventBroadcaster):
        present = EventBroadcaster(app_context.database.address, app_context.live_events)
        app_context.live = present  # type: ignore[attr-defined]
        _end_with_process(present)
    return present


def _end_with_process(live: EventBroadcaster) -> None:
    """End the open streams when the process must stop, because the server waits for running requests."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if callable(before):
            signal.signal(number, _first(lambda: loop.call_soon_threadsafe(live.close_pages), before))


def _first(act: Callable[[], object], then: Callable[[int, FrameType | None], object]) -> Callable[..., None]:
    def handle_signal(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, so there are no streams either
            act()
        then(number, frame)

    return handle_signal


async def events(
    live: EventBroadcaster,
    subscription: Subscription,
    app_context: AppContext,
    tenant: Tenant,
    token: str | None,
) -> AsyncIterator[bytes]:
    """Yield the bytes of the stream: an event when there is something new, and a comment as a heartbeat."""
    until = asyncio.get_running_loop().time() + LONGEST
    try:
        yield b"retry: 5000\n: listening\n\n"
        while asyncio.get_running_loop().time() < until:
            try:
                await asyncio.wait_for(subscription.news.wait(), HEARTBEAT)
            except TimeoutError:
                if not await _still_allowed(app_context, tenant, token):
                    return
                yield b": still here\n\n"
                continue
            if subscription.closed:
                return
            names, subscription.waiting = sorted(subscription.waiting), set()
            subscription.news.clear()
            if not await _still_allowed(app_context, tenant, token):
                return
            for name in names:
                yield f"event: {name}\ndata: \n\n".encode()
    finally:
        await asyncio.shield(live.shut(subscription))


async def _who(app_context: AppContext, tenant: Tenant, token: str | None, address: str = "") -> Principal:
    authority_id = tenant.authority_id
    async with (
        app_context.turns.turn(authority_id, address),
        app_context.database.transaction(authority_id, read_only=True) as session,
    ):
        return await app_context.find_person(session, tenant, token, app_context.today())


async def _still_allowed(app_context: AppContext, tenant: Tenant, token: str | None) -> bool:
    """Return whether the session of an open page is valid; an unavailable database does not end the stream."""
    try:
        person = await _who(app_context, tenant, token)
    except (*DATABASE_ERRORS, ServiceUnavailable):
        return True
    return person.signed_in and has_permission(person, PERMISSION)


@get("/live", opt={"permission": PERMISSION})
async def hear_news(request: HttpRequest) -> HttpResponse:
    """Return the stream of events for an open page, or a plain sentence for other requests."""
    app_context: AppContext = request.app.state.app_context
    token = request.cookies.get(SESSION_COOKIE)
    try:
        tenant = await app_context.find_tenant(request.headers.get("host", ""))
        if tenant is None:
            raise NotFound
        address = request.client.host if request.client else ""
        person = await _who(app_context, tenant, token, address)
        if not has_permission(person, PERMISSION):
            raise NotFound if person.signed_in else AuthenticationRequired
    except Exception as problem:  # noqa: BLE001  (error_page handles every error)
        answer = error_page(problem, request)
        if isinstance(answer, Page):
            return plain_response(app_context.environment, answer.status)
        return response_to(request, app_context, None, None, answer)
    if "text/event-stream" not in request.headers.get("accept", ""):
        return Response(b"Open pages listen here for news.\n", media_type="text/plain")
    live = live_of(app_context)
    if live.full_for(person):
        return Response(b"", status_code=204)  # tells the browser not to reconnect
    subscription = await live.open(person)
    return Stream(
        events(live, subscription, app_context, tenant, token),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


routes = [hear_news]
