"""Pages for access to an escalation: named readers, the access log, and who has it open now."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ValidationFailed
from alongside.features.escalations.access_log import actions, queries
from alongside.features.escalations.access_log.access_log import logs_reading
from alongside.features.escalations.access_log.forms import ReaderForm
from alongside.features.escalations.available_actions import attach_errors
from alongside.features.escalations.queries import get_escalation
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import ROLE_NAMES, Principal
from alongside.platform.web.form_data import FormData, asked, read_form_data
from alongside.platform.web.responses import ContinueAfterCommit, Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

HANDLE = Permission.MANAGE_ESCALATION
PARTS = {
    "escalation": "The escalation",
    "file": "An attachment",
    "pdf": "The escalation file",
    "notes": "Officers’ notes",
    "export": "An export",
}


@endpoint.get("/escalations/{escalation_id:uuid}/readers", permission=HANDLE)
@logs_reading
async def show_readers(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Show the named readers of an escalation, a form to name another, and the access log."""
    return await _page(session, person, escalation_id, None)


@endpoint.post("/escalations/{escalation_id:uuid}/readers", permission=HANDLE)
@logs_reading
async def name_reader(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Name a board member as a reader of one escalation."""
    written = await read_form_data(request)
    answer = await _page(session, person, escalation_id, written)
    form = answer.context["form"]
    if not form.is_valid():
        return answer
    try:
        await actions.name_reader(
            session, person, escalation_id, UUID(form.person_id.data), form.seat.data or ""
        )
    except ValidationFailed as problem:
        attach_errors(form, problem)
        return answer
    return Redirect(
        f"/escalations/{escalation_id}/readers", "They can read the escalation now, and have been told."
    )


@endpoint.post("/escalations/{escalation_id:uuid}/readers/{reader_id:uuid}/end", permission=HANDLE)
@logs_reading
async def end_reader(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    reader_id: UUID,
) -> PageResult:
    """Stop a named reader from reading this escalation."""
    await actions.end_reader(session, person, escalation_id, reader_id)
    return Redirect(f"/escalations/{escalation_id}/readers", "They read this escalation no more.")


@endpoint.get("/escalations/{escalation_id:uuid}/presence", permission=HANDLE, by_itself=True)
async def show_presence(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Show which colleagues have the escalation open, and whether it has changed since this page was shown."""
    row = await get_escalation(session, person, HANDLE, escalation_id)
    since = asked(request).one("version")
    shown = int(since) if since.isascii() and since.isdecimal() and len(since) <= 9 else row.version
    context = {
        "escalation": row,
        "present": await queries.present_at(session, person, escalation_id),
        "shown": shown,
    }
    answer = Page("escalations/_presence.html", context)
    database = request.app.state.app_context.database

    async def stay_and_show() -> PageResult:
        await actions.note_presence(database, person, escalation_id)
        return answer

    return ContinueAfterCommit(stay_and_show)


async def _page(
    session: AsyncSession, person: Principal, escalation_id: UUID, written: FormData | None
) -> Page:
    row = await get_escalation(session, person, HANDLE, escalation_id)
    form = ReaderForm(written)
    form.offer(await queries.people_to_name(session, person))
    context = {
        "escalation": row,
        "form": form,
        "readers": await queries.readers_of(session, person, escalation_id),
        "readings": await queries.readings_of(session, person, escalation_id),
        "ROLES": {role.value: name for role, name in ROLE_NAMES.items()},
        "PARTS": PARTS,
    }
    return Page("escalations/readers.html", context, status=200 if written is None else 422)


routes = [show_readers, name_reader, end_reader, show_presence]
