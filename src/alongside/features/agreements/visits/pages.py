"""Pages that plan, record, correct, cancel and remove visits."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import EditConflict, ValidationFailed
from alongside.features.agreements.forms import ReasonForm
from alongside.features.agreements.queries import get_agreement
from alongside.features.agreements.visits import actions
from alongside.features.agreements.visits.forms import VisitForm, form_of
from alongside.features.agreements.visits.queries import visit_to
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.version import version_of
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.formatting import format_date
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/agreements/{agreement_id:uuid}/visits/new", permission=Permission.RECORD_VISIT)
async def write_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID
) -> PageResult:
    """Show an empty form for a visit, with today's date."""
    row = await get_agreement(session, person, Permission.RECORD_VISIT, agreement_id)
    return _new_page(VisitForm(data={"visit_on": person.today}), row)


@endpoint.post("/agreements/{agreement_id:uuid}/visits", permission=Permission.RECORD_VISIT)
async def log_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID
) -> PageResult:
    """Save a new visit, as recorded or as planned."""
    row = await get_agreement(session, person, Permission.RECORD_VISIT, agreement_id)
    written = await read_form_data(request)
    form = VisitForm(written)
    planned = written.one("act") == "plan"
    if not form.holds(recorded=not planned):
        return _new_page(form, row, 422)
    try:
        act = actions.plan_visit if planned else actions.log_visit
        await act(session, person, agreement_id, form.record())
    except ValidationFailed as problem:
        blame_all(form, problem)
        return _new_page(form, row, 422)
    said = "The visit is in the diary." if planned else "The visit is recorded."
    return Redirect(f"/agreements/{agreement_id}", said)


@endpoint.get("/visits/{visit_id:uuid}/record", permission=Permission.RECORD_VISIT)
async def write_record(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, visit_id: UUID
) -> PageResult:
    """Show the form for the record of a visit, with its current values."""
    row = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    return _record_page(form_of(row), row, row.version)


@endpoint.post("/visits/{visit_id:uuid}/record", permission=Permission.RECORD_VISIT)
async def record_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, visit_id: UUID
) -> PageResult:
    """Save the record of a planned visit, or a correction."""
    row = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    written = await read_form_data(request)
    form, version = VisitForm(written), version_of(written)
    if not form.holds(recorded=True):
        return _record_page(form, row, version, 422)
    act = actions.correct_visit if row.state == "recorded" else actions.record_visit
    try:
        await act(session, person, visit_id, form.record(), version)
    except ValidationFailed as problem:
        blame_all(form, problem)
        return _record_page(form, row, version, 422)
    except EditConflict as problem:
        return _record_page(form, row, problem.version, 409, problem)
    return Redirect(f"/agreements/{row.agreement_id}", "The visit is recorded.")


@endpoint.get("/visits/{visit_id:uuid}/cancellation", permission=Permission.RECORD_VISIT)
async def ask_why_cancelled(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, visit_id: UUID
) -> PageResult:
    """Show the form for the reason of a cancellation."""
    row = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    return _cancel_page(ReasonForm(), row)


@endpoint.post("/visits/{visit_id:uuid}/cancellation", permission=Permission.RECORD_VISIT)
async def cancel_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, visit_id: UUID
) -> PageResult:
    """Cancel a planned visit, with a reason."""
    row = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    form = ReasonForm(await read_form_data(request))
    if not form.holds():
        return _cancel_page(form, row, 422)
    await actions.cancel_visit(session, person, visit_id, form.words.data or "")
    return Redirect(f"/agreements/{row.agreement_id}", "The visit is cancelled.")


@endpoint.get("/visits/{visit_id:uuid}/removal", permission=Permission.RECORD_VISIT)
async def ask_why_removed(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, visit_id: UUID
) -> PageResult:
    """Show the form for the reason of removing a record."""
    return _removal_page(ReasonForm(), await visit_to(session, person, Permission.RECORD_VISIT, visit_id))


@endpoint.post("/visits/{visit_id:uuid}/removal", permission=Permission.RECORD_VISIT)
async def remove_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, visit_id: UUID
) -> PageResult:
    """Remove the record of a visit that did not take place, with a reason."""
    row = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    form = ReasonForm(await read_form_data(request))
    if not form.holds():
        return _removal_page(form, row, 422)
    await actions.void_visit(session, person, visit_id, form.words.data or "")
    return Redirect(f"/agreements/{row.agreement_id}", "The record is removed. Its days are free again.")


def blame_all(form: Any, problem: ValidationFailed) -> None:
    """Attach the errors of an action to the form's fields."""
    for name, sentences in problem.mistakes.items():
        if name in form:
            form[name].errors = list(sentences)


def _new_page(form: VisitForm, row: Any, status: int = 200) -> Page:
    return Page("agreements/visit.html", {"form": form, "agreement": row}, status=status)


def _record_page(
    form: VisitForm, row: Any, version: int, status: int = 200, stale: EditConflict | None = None
) -> Page:
    context = {"form": form, "visit": row, "version": version, "stale": stale}
    return Page("agreements/record.html", context, status=status)


def _removal_page(form: ReasonForm, row: Any, status: int = 200) -> Page:
    context = {
        "form": form,
        "fields": ("words",),
        "title": "Remove the record of this visit",
        "caption": f"{format_date(row.visit_on)}: {row.focus}",
        "intro": "Use this when the visit did not take place. Its days are free again, and the other school is told.",
        "where": f"/visits/{row.id}/removal",
        "back": f"/agreements/{row.agreement_id}",
        "button_text": "Remove record",
    }
    return Page("agreements/ask.html", context, status=status)


def _cancel_page(form: ReasonForm, row: Any, status: int = 200) -> Page:
    context = {
        "form": form,
        "fields": ("words",),
        "title": "Cancel this visit",
        "caption": f"{format_date(row.visit_on)}: {row.focus}",
        "intro": "The other school is told.",
        "where": f"/visits/{row.id}/cancellation",
        "back": f"/agreements/{row.agreement_id}",
        "button_text": "Cancel the visit",
    }
    return Page("agreements/ask.html", context, status=status)


routes = [
    write_visit,
    log_visit,
    write_record,
    record_visit,
    ask_why_cancelled,
    cancel_visit,
    ask_why_removed,
    remove_visit,
]
