"""Pages of data retention: periods, legal holds, and subject access requests."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import calendar_of, settings_of
from alongside.features.authorities.calendar import LONDON
from alongside.features.data_retention import actions, queries
from alongside.features.data_retention.forms import HoldForm, RequestForm
from alongside.features.data_retention.models import HELD
from alongside.features.data_retention.response_deadline import answer_by
from alongside.features.data_retention.subject_access import (
    as_json,
    as_workbook,
    can_be_sought,
    held_about,
    sees_every_escalation,
)
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.retries import run_with_retries
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import (
    ContinueAfterCommit,
    Download,
    Page,
    PageResult,
    Redirect,
    TemplateVariables,
)
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import XLSX

KEEP = Permission.MANAGE_RETENTION
COPY_GOOD_FOR = timedelta(days=30)
"""Days for which the export of a request can be downloaded; after that a new request is needed."""


@endpoint.get("/data-protection", permission=KEEP)
async def show_records(ctx: PageRequest) -> PageResult:
    """Show the retention periods, the forecast of the next run, and the legal holds."""
    return await _page(ctx.session, ctx.person, HoldForm(), RequestForm(), wanted=ctx.query.one("person"))


@endpoint.post("/data-protection/holds", permission=KEEP)
async def add_hold(ctx: PageRequest) -> PageResult:
    """Place a legal hold."""
    form = HoldForm(await ctx.submitted())
    answer = await _page(ctx.session, ctx.person, form, RequestForm(), 422)
    if not form.is_valid(ctx.person.today):
        return answer
    await actions.add_hold(ctx.session, ctx.person, form.hold())
    return Redirect(
        "/data-protection", "It is held. Nothing of it goes until the hold is lifted or its day has come."
    )


@endpoint.post("/data-protection/holds/{hold_id:uuid}/remove", permission=KEEP)
async def lift_hold(ctx: PageRequest, hold_id: UUID) -> PageResult:
    """Lift a legal hold."""
    await actions.lift_hold(ctx.session, ctx.person, hold_id)
    return Redirect("/data-protection", "The hold is lifted. What has had its time goes with the next run.")


@endpoint.post("/data-protection/requests", permission=KEEP)
async def ask_for_records(ctx: PageRequest) -> PageResult:
    """Create a subject access request."""
    form = RequestForm(await ctx.submitted())
    answer = await _page(ctx.session, ctx.person, HoldForm(), form, 422)
    if not form.is_valid():
        return answer
    made = await actions.ask_for_records(
        ctx.session, ctx.person, UUID(form.about.data), (form.reason.data or "").strip()
    )
    return Redirect(f"/data-protection/requests/{made}", "The copy can be taken now.")


@endpoint.get("/data-protection/requests/{request_id:uuid}", permission=KEEP)
async def show_request(ctx: PageRequest, request_id: UUID) -> PageResult:
    """Show a subject access request with its downloads."""
    row = await queries.request_of(ctx.session, ctx.person.authority_id, request_id)
    asked_on = row.asked_at.astimezone(LONDON).date()
    context = {
        "row": row,
        "open": _is_open(row),
        "until": row.asked_at + COPY_GOOD_FOR,
        "settings": settings_of(ctx.person.authority_id),
        "sought": can_be_sought(row.name),
        "with_escalations": sees_every_escalation(ctx.person),
        "answer_by": answer_by(calendar_of(ctx.person.authority_id), asked_on),
    }
    return Page(TemplateVariables("data_retention/request.html", context))


@endpoint.get("/data-protection/requests/{request_id:uuid}/copy.xlsx", permission=KEEP)
async def copy_as_workbook(ctx: PageRequest, request_id: UUID) -> PageResult:
    """Download the export as a workbook."""
    return await _copy(ctx, request_id, "xlsx")


@endpoint.get("/data-protection/requests/{request_id:uuid}/copy.json", permission=KEEP)
async def copy_as_json(ctx: PageRequest, request_id: UUID) -> PageResult:
    """Download the export as JSON."""
    return await _copy(ctx, request_id, "json")


async def _copy(ctx: PageRequest, request_id: UUID, kind: str) -> PageResult:
    """Return the export and audit the download; if the audit entry cannot be written, there is no download."""
    row = await queries.request_of(ctx.session, ctx.person.authority_id, request_id)
    if not _is_open(row):
        raise NotFound
    held = await held_about(ctx.session, ctx.person, row.person_id, row.name)
    database = ctx.app.database

    async def note() -> None:
        async with database.transaction(ctx.person.authority_id) as writing:
            await record_audit(writing, ctx.person, "take_copy", "subject_request", request_id)

    async def note_and_give() -> PageResult:
        await run_with_retries(note)
        if kind == "json":
            return Download(as_json(row.name, held), "held-about-a-person.json", "application/json")
        body = await asyncio.to_thread(as_workbook, held)
        return Download(body, "held-about-a-person.xlsx", XLSX)

    return ContinueAfterCommit(note_and_give, expensive=True)


def _is_id(text: str | None) -> bool:
    try:
        return bool(UUID(text or ""))
    except ValueError:
        return False


def _is_open(row: Any) -> bool:
    return bool(row.asked_at + COPY_GOOD_FOR > datetime.now(UTC))


async def _page(
    session: AsyncSession,
    person: Principal,
    hold: HoldForm,
    request: RequestForm,
    status: int = 200,
    wanted: str = "",
) -> Page:
    chosen = [UUID(one) for one in (hold.person.data, request.about.data) if _is_id(one)]
    people = await queries.people_of(session, person.authority_id, wanted.strip()[:100], chosen)
    hold.offer(await queries.schools_of(session, person.authority_id), people)
    request.offer(people)
    settings = settings_of(person.authority_id)
    context = {
        "outlook": await queries.outlook(session, person, settings),
        "holds": await queries.holds_of(session, person.authority_id),
        "hold": hold,
        "asking": request,
        "wanted": wanted,
        "HELD": HELD,
        "today": person.today,
    }
    return Page(TemplateVariables("data_retention/show.html", context), status)


routes = [
    show_records,
    add_hold,
    lift_hold,
    ask_for_records,
    show_request,
    copy_as_workbook,
    copy_as_json,
]
