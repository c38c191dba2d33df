"""The page on which matching is asked for a case."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid
from alongside.escalations.acts import blame_all
from alongside.escalations.procuring.actions import LOOKED_FOR_IN, ask_matching
from alongside.escalations.procuring.forms import AskMatchingForm
from alongside.escalations.procuring.queries import open_needs_of
from alongside.escalations.queries import case_to
from alongside.escalations.reading.access_log import logs_reading
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import Typed, typed

HANDLE = Permission.HANDLE_CASE


@page.get("/cases/{case_id:uuid}/matching", permission=HANDLE)
@logs_reading
async def ask_for_which_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Ask for which open need of the school somebody is looked for, across the whole authority."""
    row = await case_to(session, person, HANDLE, case_id)
    form = await _form(session, person, row, None)
    return _page(row, form)


@page.post("/cases/{case_id:uuid}/matching", permission=HANDLE)
@logs_reading
async def ask_matching_for_case(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Have a plan made across the whole authority; the case keeps for which need."""
    row = await case_to(session, person, HANDLE, case_id)
    form = await _form(session, person, row, await typed(request))
    if not form.holds():
        return _page(row, form, 422)
    try:
        await ask_matching(session, person, case_id, UUID(form.need.data))
    except Invalid as problem:
        blame_all(form, problem)
        return _page(row, form, 422)
    return SeeOther(f"/cases/{case_id}", "Matching was asked. What it finds stands under “Who could do it”.")


async def _form(session: AsyncSession, person: Person, row: Any, written: Typed | None) -> AskMatchingForm:
    form = AskMatchingForm(written)
    form.offer(await open_needs_of(session, person, row.school_urn))
    return form


def _page(row: Any, form: AskMatchingForm, status: int = 200) -> Page:
    looked_for = row.state in LOOKED_FOR_IN
    return Page("cases/matching.html", {"case": row, "form": form, "looked_for": looked_for}, status=status)


routes = [ask_for_which_need, ask_matching_for_case]
