"""The pages on which a visit is recorded or put right."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid, Stale
from alongside.escalations.acts import Asked, act_page, blame_all
from alongside.escalations.queries import case_to
from alongside.escalations.reading.access_log import logs_reading
from alongside.escalations.visits import actions
from alongside.escalations.visits.forms import FIELDS, VisitForm, form_of
from alongside.escalations.visits.queries import visit_to
from alongside.partnerships.versions import version_of
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed

WORK = Permission.WORK_ON_CASE
NEW = Asked("visits", "Record a visit", "", "Record it", FIELDS)
EDITION = Asked("visits", "Put a visit right", "", "Keep it", FIELDS)


@page.get("/cases/{case_id:uuid}/visits/new", permission=WORK)
@logs_reading
async def write_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """An empty form for a visit, today's date and one's own name filled in."""
    row = await case_to(session, person, WORK, case_id)
    return act_page(
        row, NEW, VisitForm(data={"visit_on": person.today, "who": person.name, "for_school": True})
    )


@page.post("/cases/{case_id:uuid}/visits", permission=WORK)
@logs_reading
async def record_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Record a visit that has taken place."""
    row = await case_to(session, person, WORK, case_id)
    form = VisitForm(await typed(request))
    if not form.holds(person.today):
        return act_page(row, NEW, form, status=422)
    await actions.record_visit(session, person, case_id, form.columns())
    return SeeOther(f"/cases/{case_id}", "The visit is recorded.")


@page.get("/case-visits/{case_visit_id:uuid}/edition", permission=WORK)
@logs_reading
async def edit_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_visit_id: UUID
) -> Answer:
    """The record of a visit as it stands."""
    visit, row = await visit_to(session, person, WORK, case_visit_id)
    return _edition(visit, row, form_of(visit), visit.version)


@page.post("/case-visits/{case_visit_id:uuid}/edition", permission=WORK)
@logs_reading
async def correct_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_visit_id: UUID
) -> Answer:
    """Put the record right; both texts are shown when somebody else was faster."""
    visit, row = await visit_to(session, person, WORK, case_visit_id)
    written = await typed(request)
    form, version = VisitForm(written), version_of(written)
    if not form.holds(person.today):
        return _edition(visit, row, form, version, 422)
    try:
        await actions.correct_visit(session, person, case_visit_id, form.columns(), version)
    except Invalid as problem:
        blame_all(form, problem)
        return _edition(visit, row, form, version, 422)
    except Stale as problem:
        return _edition(visit, row, form, problem.version, 409, problem)
    return SeeOther(f"/cases/{row.id}", "The visit is corrected.")


def _edition(
    visit: Any, row: Any, form: VisitForm, version: int, status: int = 200, stale: Stale | None = None
) -> Page:
    where = f"/case-visits/{visit.id}/edition"
    return act_page(row, EDITION, form, status=status, stale=stale, version=version, where=where)


routes = [write_visit, record_visit, edit_visit, correct_visit]
