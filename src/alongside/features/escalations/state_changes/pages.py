"""Pages of the state changes: each shows its form, and both versions after an edit conflict."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import EditConflict
from alongside.features.escalations.access_log.access_log import logs_reading
from alongside.features.escalations.available_actions import ActionForm, action_form_page
from alongside.features.escalations.models import STEP_DOWN, STEP_UP
from alongside.features.escalations.queries import get_escalation
from alongside.features.escalations.state_changes import actions
from alongside.features.escalations.state_changes.forms import EndForm, NoteForm, WaitForm
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.version import version_of
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import PageResult, Redirect
from alongside.platform.web.routing import endpoint

HANDLE, ANSWER = Permission.MANAGE_ESCALATION, Permission.RESPOND_TO_ESCALATION
WithNote = Callable[[AsyncSession, Principal, UUID, str, int | None], Awaitable[None]]
Plain = Callable[[AsyncSession, Principal, UUID], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class FormAction:
    """Declaration of an action that asks for a reason only."""

    verb: str
    permission: Permission
    act: WithNote
    asked: ActionForm
    said: str


@dataclass(frozen=True, slots=True)
class ButtonAction:
    """Declaration of an action without a form: one button. A repeated click finds another state and is refused."""

    verb: str
    noun: str
    permission: Permission
    act: Plain
    said: str


async def escalate_further(
    session: AsyncSession, person: Principal, escalation_id: UUID, note: str, version: int | None
) -> None:
    """Escalate an escalation further."""
    await actions.change_level(session, person, escalation_id, STEP_UP, note, version)


async def de_escalate(
    session: AsyncSession, person: Principal, escalation_id: UUID, note: str, version: int | None
) -> None:
    """Reverse the further escalation."""
    await actions.change_level(session, person, escalation_id, STEP_DOWN, note, version)


NOTE_ACTS = (
    FormAction(
        "review_escalation",
        HANDLE,
        actions.review_escalation,
        ActionForm(
            "review",
            "Review",
            "Say how it stands. The next review is due after as many school days again.",
            "Keep the review",
            ("note",),
        ),
        "The review is kept.",
    ),
    FormAction(
        "not_yet",
        ANSWER,
        actions.not_yet,
        ActionForm(
            "decline-return",
            "It is too early to take the school back",
            "The escalation goes on as before.",
            "Leave it with them",
            ("note",),
        ),
        "The escalation goes on.",
    ),
    FormAction(
        "step_up_escalation",
        HANDLE,
        escalate_further,
        ActionForm(
            "escalate",
            "Step this escalation up",
            "To the statutory ladder, for a maintained school, or to the board. The consortium is told.",
            "Step it up",
            ("note",),
        ),
        "The escalation is stepped up.",
    ),
    FormAction(
        "step_down_escalation",
        HANDLE,
        de_escalate,
        ActionForm(
            "de-escalate",
            "Step this escalation down again",
            "It goes on as an escalation under way.",
            "Step it down",
            ("note",),
        ),
        "The escalation goes on.",
    ),
    FormAction(
        "withdraw_escalation",
        ANSWER,
        actions.withdraw_escalation,
        ActionForm(
            "withdrawal",
            "Withdraw this escalation",
            "The core team is told. You can open it again later.",
            "Withdraw it",
            ("note",),
            warning=True,
        ),
        "The escalation is withdrawn.",
    ),
    FormAction(
        "reopen_escalation",
        Permission.REOPEN_ESCALATION,
        actions.reopen_escalation,
        ActionForm(
            "reopening",
            "Open this escalation again",
            "It is decided anew what is to happen.",
            "Open it again",
            ("note",),
        ),
        "The escalation is open again.",
    ),
)
PLAIN_ACTS = (
    ButtonAction(
        "acknowledge_escalation",
        "acknowledgement",
        HANDLE,
        actions.acknowledge_escalation,
        "The escalation is acknowledged. It is yours until you give it to somebody.",
    ),
    ButtonAction(
        "resume_escalation", "resumption", HANDLE, actions.resume_escalation, "The clock runs again."
    ),
    ButtonAction(
        "offer_return",
        "return",
        HANDLE,
        actions.offer_return,
        "The consortium has been asked to take it back.",
    ),
)


def _note_routes(one: FormAction) -> list[HTTPRouteHandler]:
    """The two routes of a `FormAction`: the form that asks for a reason, and the action."""
    path = f"/escalations/{{escalation_id:uuid}}/{one.asked.noun}"

    async def ask(
        request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
    ) -> PageResult:
        row = await get_escalation(session, person, one.permission, escalation_id)
        return action_form_page(row, one.asked, NoteForm())

    async def act(
        request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
    ) -> PageResult:
        row = await get_escalation(session, person, one.permission, escalation_id)
        written = await read_form_data(request)
        form, version = NoteForm(written), version_of(written)
        if not form.is_valid():
            return action_form_page(row, one.asked, form, status=422, version=version)
        try:
            await one.act(session, person, escalation_id, form.note.data or "", version)
        except EditConflict as problem:
            return action_form_page(
                await get_escalation(session, person, one.permission, escalation_id),
                one.asked,
                form,
                stale=problem,
            )
        return Redirect(f"/escalations/{escalation_id}", one.said)

    ask.__name__, act.__name__ = f"ask_to_{one.verb}", one.verb
    ask.__doc__, act.__doc__ = f"Ask for the reason: {one.asked.title}.", f"{one.asked.title}, with a reason."
    return [
        endpoint.get(path, permission=one.permission)(logs_reading(ask)),
        endpoint.post(path, permission=one.permission)(logs_reading(act)),
    ]


def _plain_route(one: ButtonAction) -> HTTPRouteHandler:
    """The route of a `ButtonAction`."""

    async def act(
        request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
    ) -> PageResult:
        await get_escalation(session, person, one.permission, escalation_id)
        await one.act(session, person, escalation_id)
        return Redirect(f"/escalations/{escalation_id}", one.said)

    act.__name__, act.__doc__ = one.verb, one.said
    return endpoint.post(f"/escalations/{{escalation_id:uuid}}/{one.noun}", permission=one.permission)(act)


WAIT = ActionForm(
    "wait",
    "Wait for somebody",
    "The clock of the escalation stands still until you go on. Everybody with a part in it sees for whom it waits.",
    "Stop the clock",
    ("waiting_on", "note"),
)
ACCEPT_RETURN = ActionForm(
    "accept-return",
    "Take the school back",
    "The criteria are met. The escalation is closed, and the school is yours again.",
    "Take it back",
    ("result", "outcome_words"),
)
CLOSE = ActionForm(
    "closing",
    "Close this escalation",
    "Its outcome goes to the consortium in writing. An escalation with open actions cannot close.",
    "Close it",
    ("result", "outcome_words"),
)


@endpoint.get("/escalations/{escalation_id:uuid}/wait", permission=HANDLE)
@logs_reading
async def ask_for_whom(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Ask for whom the escalation waits, and why."""
    return action_form_page(await get_escalation(session, person, HANDLE, escalation_id), WAIT, WaitForm())


@endpoint.post("/escalations/{escalation_id:uuid}/wait", permission=HANDLE)
@logs_reading
async def wait_for(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Pause the clock of the escalation."""
    row = await get_escalation(session, person, HANDLE, escalation_id)
    written = await read_form_data(request)
    form, version = WaitForm(written), version_of(written)
    if not form.is_valid():
        return action_form_page(row, WAIT, form, status=422, version=version)
    try:
        await actions.wait_for(
            session, person, escalation_id, form.waiting_on.data, form.note.data or "", version
        )
    except EditConflict as problem:
        return action_form_page(
            await get_escalation(session, person, HANDLE, escalation_id), WAIT, form, stale=problem
        )
    return Redirect(f"/escalations/{escalation_id}", "The clock stands still.")


@endpoint.get("/escalations/{escalation_id:uuid}/accept-return", permission=ANSWER)
@logs_reading
async def ask_to_take_back(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Ask for the result before the return of the school is accepted."""
    return action_form_page(
        await get_escalation(session, person, ANSWER, escalation_id), ACCEPT_RETURN, EndForm()
    )


@endpoint.post("/escalations/{escalation_id:uuid}/accept-return", permission=ANSWER)
@logs_reading
async def accept_return(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Accept the return of the school and close the escalation."""
    return await _end(request, session, person, escalation_id, ACCEPT_RETURN)


@endpoint.get("/escalations/{escalation_id:uuid}/closing", permission=HANDLE)
@logs_reading
async def ask_to_close(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Ask for the result before the escalation is closed."""
    return action_form_page(await get_escalation(session, person, HANDLE, escalation_id), CLOSE, EndForm())


@endpoint.post("/escalations/{escalation_id:uuid}/closing", permission=HANDLE)
@logs_reading
async def close_escalation(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Close an escalation with its result."""
    return await _end(request, session, person, escalation_id, CLOSE)


async def _end(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    asked: ActionForm,
) -> PageResult:
    permission, act = (
        (ANSWER, actions.accept_return) if asked is ACCEPT_RETURN else (HANDLE, actions.close_escalation)
    )
    row = await get_escalation(session, person, permission, escalation_id)
    written = await read_form_data(request)
    form, version = EndForm(written), version_of(written)
    if not form.is_valid():
        return action_form_page(row, asked, form, status=422, version=version)
    try:
        await act(session, person, escalation_id, form.columns(), version)
    except EditConflict as problem:
        return action_form_page(
            await get_escalation(session, person, permission, escalation_id), asked, form, stale=problem
        )
    said = (
        "The school is yours again, and the escalation is closed."
        if asked is ACCEPT_RETURN
        else "The escalation is closed."
    )
    return Redirect(f"/escalations/{escalation_id}", said)


routes = [
    *(route for one in NOTE_ACTS for route in _note_routes(one)),
    *(_plain_route(one) for one in PLAIN_ACTS),
    ask_for_whom,
    wait_for,
    ask_to_take_back,
    accept_return,
    ask_to_close,
    close_escalation,
]
