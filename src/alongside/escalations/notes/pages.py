"""The page of officers' notes: a reading of its own, for the core team alone."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.escalations.notes.actions import write_note
from alongside.escalations.notes.forms import OfficersNoteForm
from alongside.escalations.notes.model import WEIGHTS
from alongside.escalations.notes.queries import notes_of
from alongside.escalations.queries import case_to
from alongside.escalations.reading.access_log import logs_reading_of
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed

SEE = Permission.SEE_OFFICERS_NOTES


@page.get("/cases/{case_id:uuid}/notes", permission=SEE)
@logs_reading_of("notes")
async def show_notes(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """The officers' notes of a case, and a form for another."""
    return await _page(session, person, case_id, OfficersNoteForm())


@page.post("/cases/{case_id:uuid}/notes", permission=SEE)
@logs_reading_of("notes")
async def add_note(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Write a note for the core team."""
    form = OfficersNoteForm(await typed(request))
    answer = await _page(session, person, case_id, form, 422)
    if not form.holds():
        return answer
    await write_note(session, person, case_id, form.weight.data, form.words.data or "")
    return SeeOther(f"/cases/{case_id}/notes", "The note is kept.")


async def _page(
    session: AsyncSession, person: Person, case_id: UUID, form: OfficersNoteForm, status: int = 200
) -> Page:
    row = await case_to(session, person, SEE, case_id)
    notes = await notes_of(session, person, case_id)
    weights = {key: words.partition(":")[0] for key, words in WEIGHTS.items()}
    settings = settings_of(person.authority_id)
    context = {"case": row, "notes": notes, "form": form, "weights": weights, "settings": settings}
    return Page("cases/notes.html", context, status=status)


routes = [show_notes, add_note]
