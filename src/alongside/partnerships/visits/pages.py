"""The pages of the diary: recording or planning a visit, writing up a planned one, putting a record right."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid, Stale
from alongside.partnerships.forms import ReasonForm
from alongside.partnerships.queries import partnership_to
from alongside.partnerships.versions import version_of
from alongside.partnerships.visits import actions
from alongside.partnerships.visits.forms import VisitForm, form_of
from alongside.partnerships.visits.queries import visit_to
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed


@page.get("/partnerships/{partnership_id:uuid}/visits/new", permission=Permission.RECORD_VISIT)
async def write_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """An empty form for a visit, today's date filled in."""
    row = await partnership_to(session, person, Permission.RECORD_VISIT, partnership_id)
    return _new_page(VisitForm(data={"visit_on": person.today}), row)


@page.post("/partnerships/{partnership_id:uuid}/visits", permission=Permission.RECORD_VISIT)
async def log_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """Record a visit at once, or put it into the diary as planned."""
    row = await partnership_to(session, person, Permission.RECORD_VISIT, partnership_id)
    written = await typed(request)
    form = VisitForm(written)
    planned = written.one("act") == "plan"
    if not form.holds(recorded=not planned):
        return _new_page(form, row, 422)
    try:
        act = actions.plan_visit if planned else actions.log_visit
        await act(session, person, partnership_id, form.record())
    except Invalid as problem:
        blame_all(form, problem)
        return _new_page(form, row, 422)
    said = "The visit is in the diary." if planned else "The visit is recorded."
    return SeeOther(f"/partnerships/{partnership_id}", said)


@page.get("/visits/{visit_id:uuid}/record", permission=Permission.RECORD_VISIT)
async def write_record(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, visit_id: UUID
) -> Answer:
    """The record of a visit: empty for a planned one, as it stands for a recorded one."""
    row = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    return _record_page(form_of(row), row, row.version)


@page.post("/visits/{visit_id:uuid}/record", permission=Permission.RECORD_VISIT)
async def record_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, visit_id: UUID
) -> Answer:
    """Keep the record of a planned visit, or put a record right."""
    row = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    written = await typed(request)
    form, version = VisitForm(written), version_of(written)
    if not form.holds(recorded=True):
        return _record_page(form, row, version, 422)
    act = actions.correct_visit if row.state == "recorded" else actions.record_visit
    try:
        await act(session, person, visit_id, form.record(), version)
    except Invalid as problem:
        blame_all(form, problem)
        return _record_page(form, row, version, 422)
    except Stale as problem:
        return _record_page(form, row, problem.version, 409, problem)
    return SeeOther(f"/partnerships/{row.partnership_id}", "The visit is recorded.")


@page.get("/visits/{visit_id:uuid}/cancellation", permission=Permission.RECORD_VISIT)
async def ask_why_cancelled(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, visit_id: UUID
) -> Answer:
    """Ask for the reason before a planned visit is cancelled."""
    row = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    return _cancel_page(ReasonForm(), row)


@page.post("/visits/{visit_id:uuid}/cancellation", permission=Permission.RECORD_VISIT)
async def cancel_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, visit_id: UUID
) -> Answer:
    """Cancel a planned visit, with a reason."""
    row = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    form = ReasonForm(await typed(request))
    if not form.holds():
        return _cancel_page(form, row, 422)
    await actions.cancel_visit(session, person, visit_id, form.words.data or "")
    return SeeOther(f"/partnerships/{row.partnership_id}", "The visit is cancelled.")


@page.get("/visits/{visit_id:uuid}/removal", permission=Permission.RECORD_VISIT)
async def ask_why_removed(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, visit_id: UUID
) -> Answer:
    """Ask for the reason before the record of a visit is removed."""
    return _removal_page(ReasonForm(), await visit_to(session, person, Permission.RECORD_VISIT, visit_id))


@page.post("/visits/{visit_id:uuid}/removal", permission=Permission.RECORD_VISIT)
async def remove_visit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, visit_id: UUID
) -> Answer:
    """Remove the record of a visit that did not take place, with a reason."""
    row = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    form = ReasonForm(await typed(request))
    if not form.holds():
        return _removal_page(form, row, 422)
    await actions.void_visit(session, person, visit_id, form.words.data or "")
    return SeeOther(f"/partnerships/{row.partnership_id}", "The record is removed. Its days are free again.")


def blame_all(form: Any, problem: Invalid) -> None:
    """Put the mistakes that an act found beside the fields they belong to."""
    for name, sentences in problem.mistakes.items():
        if name in form:
            form[name].errors = list(sentences)


def _new_page(form: VisitForm, row: Any, status: int = 200) -> Page:
    return Page("partnerships/visit.html", {"form": form, "partnership": row}, status=status)


def _record_page(
    form: VisitForm, row: Any, version: int, status: int = 200, stale: Stale | None = None
) -> Page:
    context = {"form": form, "visit": row, "version": version, "stale": stale}
    return Page("partnerships/record.html", context, status=status)


def _removal_page(form: ReasonForm, row: Any, status: int = 200) -> Page:
    context = {
        "form": form,
        "fields": ("words",),
        "title": "Remove the record of this visit",
        "caption": f"{row.visit_on:%-d %B %Y}: {row.focus}",
        "intro": "Use this when the visit did not take place. Its days are free again, and the other school is told.",
        "where": f"/visits/{row.id}/removal",
        "back": f"/partnerships/{row.partnership_id}",
        "button_text": "Remove record",
    }
    return Page("partnerships/ask.html", context, status=status)


def _cancel_page(form: ReasonForm, row: Any, status: int = 200) -> Page:
    context = {
        "form": form,
        "fields": ("words",),
        "title": "Cancel this visit",
        "caption": f"{row.visit_on:%-d %B %Y}: {row.focus}",
        "intro": "The other school is told.",
        "where": f"/visits/{row.id}/cancellation",
        "back": f"/partnerships/{row.partnership_id}",
        "button_text": "Cancel the visit",
    }
    return Page("partnerships/ask.html", context, status=status)


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
