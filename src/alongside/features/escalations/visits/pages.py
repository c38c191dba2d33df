"""Pages to record and correct visits."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import EditConflict, ValidationFailed
from alongside.features.escalations.access_log.access_log import logs_reading
from alongside.features.escalations.available_actions import ActionForm, action_form_page, attach_errors
from alongside.features.escalations.queries import get_escalation
from alongside.features.escalations.visits import actions
from alongside.features.escalations.visits.forms import FIELDS, VisitForm, form_of
from alongside.features.escalations.visits.queries import visit_to
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.version import version_of
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

WORK = Permission.CONTRIBUTE_TO_ESCALATION
NEW = ActionForm("visits", "Record a visit", "", "Record it", FIELDS)
EDITION = ActionForm("visits", "Put a visit right", "", "Keep it", FIELDS)


@endpoint.get("/escalations/{escalation_id:uuid}/visits/new", permission=WORK)
@logs_reading
async def write_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Show the form of a new visit, with today's date and the user's name filled in."""
    row = await get_escalation(session, person, WORK, escalation_id)
    return action_form_page(
        row, NEW, VisitForm(data={"visit_on": person.today, "who": person.name, "for_school": True})
    )


@endpoint.post("/escalations/{escalation_id:uuid}/visits", permission=WORK)
@logs_reading
async def record_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Record a visit that took place."""
    row = await get_escalation(session, person, WORK, escalation_id)
    form = VisitForm(await read_form_data(request))
    if not form.is_valid(person.today):
        return action_form_page(row, NEW, form, status=422)
    await actions.record_visit(session, person, escalation_id, form.columns())
    return Redirect(f"/escalations/{escalation_id}", "The visit is recorded.")


@endpoint.get("/escalation-visits/{escalation_visit_id:uuid}/edit", permission=WORK)
@logs_reading
async def edit_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_visit_id: UUID
) -> PageResult:
    """Show the form of a recorded visit."""
    visit, row = await visit_to(session, person, WORK, escalation_visit_id)
    return _edition(visit, row, form_of(visit), visit.version)


@endpoint.post("/escalation-visits/{escalation_visit_id:uuid}/edit", permission=WORK)
@logs_reading
async def correct_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_visit_id: UUID
) -> PageResult:
    """Correct a visit; after an edit conflict both versions are shown."""
    visit, row = await visit_to(session, person, WORK, escalation_visit_id)
    written = await read_form_data(request)
    form, version = VisitForm(written), version_of(written)
    if not form.is_valid(person.today):
        return _edition(visit, row, form, version, 422)
    try:
        await actions.correct_visit(session, person, escalation_visit_id, form.columns(), version)
    except ValidationFailed as problem:
        attach_errors(form, problem)
        return _edition(visit, row, form, version, 422)
    except EditConflict as problem:
        return _edition(visit, row, form, problem.version, 409, problem)
    return Redirect(f"/escalations/{row.id}", "The visit is corrected.")


def _edition(
    visit: Any, row: Any, form: VisitForm, version: int, status: int = 200, stale: EditConflict | None = None
) -> Page:
    where = f"/escalation-visits/{visit.id}/edit"
    return action_form_page(row, EDITION, form, status=status, stale=stale, version=version, where=where)


routes = [write_visit, record_visit, edit_visit, correct_visit]
