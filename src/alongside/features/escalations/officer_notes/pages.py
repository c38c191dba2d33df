"""Page of officers' notes, for the core team only; it has its own entry in the access log."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.escalations.access_log.access_log import logs_reading_of
from alongside.features.escalations.officer_notes.actions import write_note
from alongside.features.escalations.officer_notes.forms import OfficersNoteForm
from alongside.features.escalations.officer_notes.models import WEIGHTS
from alongside.features.escalations.officer_notes.queries import notes_of
from alongside.features.escalations.queries import get_escalation
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

SEE = Permission.VIEW_OFFICER_NOTES


@endpoint.get("/escalations/{escalation_id:uuid}/notes", permission=SEE)
@logs_reading_of("notes")
async def show_notes(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Show the officers' notes of an escalation, and a form to add one."""
    return await _page(session, person, escalation_id, OfficersNoteForm())


@endpoint.post("/escalations/{escalation_id:uuid}/notes", permission=SEE)
@logs_reading_of("notes")
async def add_note(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Add a note for the core team."""
    form = OfficersNoteForm(await read_form_data(request))
    answer = await _page(session, person, escalation_id, form, 422)
    if not form.is_valid():
        return answer
    await write_note(session, person, escalation_id, form.weight.data, form.words.data or "")
    return Redirect(f"/escalations/{escalation_id}/notes", "The note is kept.")


async def _page(
    session: AsyncSession, person: Principal, escalation_id: UUID, form: OfficersNoteForm, status: int = 200
) -> Page:
    row = await get_escalation(session, person, SEE, escalation_id)
    notes = await notes_of(session, person, escalation_id)
    weights = {key: words.partition(":")[0] for key, words in WEIGHTS.items()}
    settings = settings_of(person.authority_id)
    context = {"escalation": row, "notes": notes, "form": form, "weights": weights, "settings": settings}
    return Page("escalations/notes.html", context, status=status)


routes = [show_notes, add_note]
