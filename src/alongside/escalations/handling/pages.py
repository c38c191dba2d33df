"""The pages of the acts that move a case: each asks for what it needs, and shows both when a colleague was faster."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Stale
from alongside.escalations.acts import Asked, act_page
from alongside.escalations.handling import actions
from alongside.escalations.handling.forms import EndForm, NoteForm, WaitForm
from alongside.escalations.model import STEP_DOWN, STEP_UP
from alongside.escalations.queries import case_to
from alongside.escalations.reading.access_log import logs_reading
from alongside.partnerships.versions import version_of
from alongside.web.answers import Answer, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed

HANDLE, ANSWER = Permission.HANDLE_CASE, Permission.ANSWER_CASE
WithNote = Callable[[AsyncSession, Person, UUID, str, int | None], Awaitable[None]]
Plain = Callable[[AsyncSession, Person, UUID], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class NoteAct:
    """An act that asks for a reason and nothing else."""

    verb: str
    permission: Permission
    act: WithNote
    asked: Asked
    said: str


@dataclass(frozen=True, slots=True)
class PlainAct:
    """An act that asks for nothing: one button. A second one finds another state and is refused."""

    verb: str
    noun: str
    permission: Permission
    act: Plain
    said: str


async def step_up(
    session: AsyncSession, person: Person, case_id: UUID, note: str, version: int | None
) -> None:
    """Step a case up."""
    await actions.step(session, person, case_id, STEP_UP, note, version)


async def step_down(
    session: AsyncSession, person: Person, case_id: UUID, note: str, version: int | None
) -> None:
    """Step a case down again."""
    await actions.step(session, person, case_id, STEP_DOWN, note, version)


NOTE_ACTS = (
    NoteAct(
        "review_case",
        HANDLE,
        actions.review_case,
        Asked(
            "review",
            "Review",
            "Say how it stands. The next review is due after as many school days again.",
            "Keep the review",
            ("note",),
        ),
        "The review is kept.",
    ),
    NoteAct(
        "not_yet",
        ANSWER,
        actions.not_yet,
        Asked(
            "objection",
            "It is too early to take the school back",
            "The case goes on as before.",
            "Leave it with them",
            ("note",),
        ),
        "The case goes on.",
    ),
    NoteAct(
        "step_up_case",
        HANDLE,
        step_up,
        Asked(
            "stepping-up",
            "Step this case up",
            "To the statutory ladder, for a maintained school, or to the board. The consortium is told.",
            "Step it up",
            ("note",),
        ),
        "The case is stepped up.",
    ),
    NoteAct(
        "step_down_case",
        HANDLE,
        step_down,
        Asked(
            "stepping-down",
            "Step this case down again",
            "It goes on as a case under way.",
            "Step it down",
            ("note",),
        ),
        "The case goes on.",
    ),
    NoteAct(
        "withdraw_case",
        ANSWER,
        actions.withdraw_case,
        Asked(
            "withdrawal",
            "Withdraw this case",
            "The core team is told. You can open it again later.",
            "Withdraw it",
            ("note",),
            warning=True,
        ),
        "The case is withdrawn.",
    ),
    NoteAct(
        "reopen_case",
        Permission.REOPEN_CASE,
        actions.reopen_case,
        Asked(
            "reopening",
            "Open this case again",
            "It is decided anew what is to happen.",
            "Open it again",
            ("note",),
        ),
        "The case is open again.",
    ),
)
PLAIN_ACTS = (
    PlainAct(
        "acknowledge_case",
        "acknowledgement",
        HANDLE,
        actions.acknowledge_case,
        "The case is acknowledged. It is yours until you give it to somebody.",
    ),
    PlainAct("resume_case", "resumption", HANDLE, actions.resume_case, "The clock runs again."),
    PlainAct(
        "offer_return",
        "return",
        HANDLE,
        actions.offer_return,
        "The consortium has been asked to take it back.",
    ),
)


def _note_routes(one: NoteAct) -> list[HTTPRouteHandler]:
    """The page that asks for a reason, and the act."""
    path = f"/cases/{{case_id:uuid}}/{one.asked.noun}"

    async def ask(
        request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
    ) -> Answer:
        row = await case_to(session, person, one.permission, case_id)
        return act_page(row, one.asked, NoteForm())

    async def act(
        request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
    ) -> Answer:
        row = await case_to(session, person, one.permission, case_id)
        written = await typed(request)
        form, version = NoteForm(written), version_of(written)
        if not form.holds():
            return act_page(row, one.asked, form, status=422, version=version)
        try:
            await one.act(session, person, case_id, form.note.data or "", version)
        except Stale as problem:
            return act_page(
                await case_to(session, person, one.permission, case_id), one.asked, form, stale=problem
            )
        return SeeOther(f"/cases/{case_id}", one.said)

    ask.__name__, act.__name__ = f"ask_to_{one.verb}", one.verb
    ask.__doc__, act.__doc__ = f"Ask for the reason: {one.asked.title}.", f"{one.asked.title}, with a reason."
    return [
        page.get(path, permission=one.permission)(logs_reading(ask)),
        page.post(path, permission=one.permission)(logs_reading(act)),
    ]


def _plain_route(one: PlainAct) -> HTTPRouteHandler:
    """The act behind one button."""

    async def act(
        request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
    ) -> Answer:
        await case_to(session, person, one.permission, case_id)
        await one.act(session, person, case_id)
        return SeeOther(f"/cases/{case_id}", one.said)

    act.__name__, act.__doc__ = one.verb, one.said
    return page.post(f"/cases/{{case_id:uuid}}/{one.noun}", permission=one.permission)(act)


WAIT = Asked(
    "wait",
    "Wait for somebody",
    "The clock of the case stands still until you go on. Everybody with a part in it sees for whom it waits.",
    "Stop the clock",
    ("waiting_on", "note"),
)
TAKE_BACK = Asked(
    "taking-back",
    "Take the school back",
    "The criteria are met. The case is closed, and the school is yours again.",
    "Take it back",
    ("result", "outcome_words"),
)
CLOSE = Asked(
    "closing",
    "Close this case",
    "Its outcome goes to the consortium in writing. A case with open actions cannot close.",
    "Close it",
    ("result", "outcome_words"),
)


@page.get("/cases/{case_id:uuid}/wait", permission=HANDLE)
@logs_reading
async def ask_for_whom(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Ask for whom the case waits, and why."""
    return act_page(await case_to(session, person, HANDLE, case_id), WAIT, WaitForm())


@page.post("/cases/{case_id:uuid}/wait", permission=HANDLE)
@logs_reading
async def wait_for(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Wait for somebody: the clock stands still."""
    row = await case_to(session, person, HANDLE, case_id)
    written = await typed(request)
    form, version = WaitForm(written), version_of(written)
    if not form.holds():
        return act_page(row, WAIT, form, status=422, version=version)
    try:
        await actions.wait_for(session, person, case_id, form.waiting_on.data, form.note.data or "", version)
    except Stale as problem:
        return act_page(await case_to(session, person, HANDLE, case_id), WAIT, form, stale=problem)
    return SeeOther(f"/cases/{case_id}", "The clock stands still.")


@page.get("/cases/{case_id:uuid}/taking-back", permission=ANSWER)
@logs_reading
async def ask_to_take_back(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Ask how the school stands before it is taken back."""
    return act_page(await case_to(session, person, ANSWER, case_id), TAKE_BACK, EndForm())


@page.post("/cases/{case_id:uuid}/taking-back", permission=ANSWER)
@logs_reading
async def take_back(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Take the school back: the case is closed."""
    return await _end(request, session, person, case_id, TAKE_BACK)


@page.get("/cases/{case_id:uuid}/closing", permission=HANDLE)
@logs_reading
async def ask_to_close(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Ask what came of the case before it is closed."""
    return act_page(await case_to(session, person, HANDLE, case_id), CLOSE, EndForm())


@page.post("/cases/{case_id:uuid}/closing", permission=HANDLE)
@logs_reading
async def close_case(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Close a case with its outcome in writing."""
    return await _end(request, session, person, case_id, CLOSE)


async def _end(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID, asked: Asked
) -> Answer:
    permission, act = (ANSWER, actions.take_back) if asked is TAKE_BACK else (HANDLE, actions.close_case)
    row = await case_to(session, person, permission, case_id)
    written = await typed(request)
    form, version = EndForm(written), version_of(written)
    if not form.holds():
        return act_page(row, asked, form, status=422, version=version)
    try:
        await act(session, person, case_id, form.columns(), version)
    except Stale as problem:
        return act_page(await case_to(session, person, permission, case_id), asked, form, stale=problem)
    said = (
        "The school is yours again, and the case is closed." if asked is TAKE_BACK else "The case is closed."
    )
    return SeeOther(f"/cases/{case_id}", said)


routes = [
    *(route for one in NOTE_ACTS for route in _note_routes(one)),
    *(_plain_route(one) for one in PLAIN_ACTS),
    ask_for_whom,
    wait_for,
    ask_to_take_back,
    take_back,
    ask_to_close,
    close_case,
]
