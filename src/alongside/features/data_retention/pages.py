"""Pages of data retention: periods, legal holds, and subject access requests."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from wtforms import Form

from alongside.errors import NotFound
from alongside.features.authorities import calendar_of, settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.data_retention import actions, queries
from alongside.features.data_retention.forms import HoldForm, RequestForm
from alongside.features.data_retention.models import HELD
from alongside.features.data_retention.response_deadline import answer_by
from alongside.features.data_retention.rows import Hold, PersonChoice, RequestRow
from alongside.features.data_retention.subject_access import (
    as_json,
    as_workbook,
    can_be_sought,
    held_about,
    sees_every_escalation,
)
from alongside.platform.access.permissions import Permission
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.retries import run_with_retries
from alongside.platform.forms.action import id_resource, list_resource, routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.school_calendar.calendar import LONDON
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.recovery import UNSENT
from alongside.platform.web.responses import (
    ContinueAfterCommit,
    Download,
    Page,
    PageContext,
    PageResult,
    Redirect,
)
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import XLSX

KEEP = Permission.MANAGE_RETENTION
AnyForm = TypeVar("AnyForm", HoldForm, RequestForm)
COPY_GOOD_FOR = timedelta(days=30)
"""Days for which the export of a request can be downloaded; after that a new request is needed."""


@dataclass(frozen=True, kw_only=True)
class RequestPage(PageContext):
    """A subject access request: whether its copy can be taken (`until` when), what it contains, and the deadline.

    `sought` is true if texts are searched for the name.
    """

    template = "data_retention/request.html"

    row: RequestRow
    open: bool
    until: datetime
    settings: AuthoritySettings
    sought: bool
    with_escalations: bool
    answer_by: date


@dataclass(frozen=True, kw_only=True)
class RecordsContext(FormContext):
    """The two forms of the page, the forecast of the next run, the holds, and what is looked for (`wanted`)."""

    hold: HoldForm
    asking: RequestForm
    outlook: Sequence[queries.RetentionForecast]
    holds: Sequence[Hold]
    wanted: str
    today: date
    HELD: Mapping[str, str] = field(default_factory=lambda: HELD)


@endpoint.get("/data-protection", permission=KEEP)
async def show_records(ctx: PageRequest) -> PageResult:
    """Show the retention periods, the forecast of the next run, and the legal holds."""
    if UNSENT in ctx.query and await ctx.app.unsent.kept(ctx.session, ctx.person, REQUEST.url(None)):
        return await REQUEST.new_form_page(ctx, None)
    return await HOLD.new_form_page(ctx, None)


@endpoint.get("/data-protection/requests/{request_id:uuid}", permission=KEEP)
async def show_request(ctx: PageRequest, request_id: UUID) -> PageResult:
    """Show a subject access request with its downloads."""
    row = await queries.request_of(ctx.session, ctx.person.authority_id, request_id)
    asked_on = row.asked_at.astimezone(LONDON).date()
    return Page(
        RequestPage(
            row=row,
            open=_is_open(row),
            until=row.asked_at + COPY_GOOD_FOR,
            settings=settings_of(ctx.person.authority_id),
            sought=can_be_sought(row.name),
            with_escalations=sees_every_escalation(ctx.person),
            answer_by=answer_by(calendar_of(ctx.person.authority_id), asked_on),
        )
    )


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
    found = await held_about(ctx.session, ctx.person, row.person_id, row.name)
    database = ctx.app.database

    async def note() -> None:
        async with database.transaction(ctx.person.authority_id) as writing:
            await record_audit(writing, ctx.person, "take_copy", "subject_request", request_id)

    async def note_and_give() -> PageResult:
        await run_with_retries(note)
        if kind == "json":
            return Download(as_json(row.name, found), "held-about-a-person.json", "application/json")
        body = await asyncio.to_thread(as_workbook, found)
        return Download(body, "held-about-a-person.xlsx", XLSX)

    return ContinueAfterCommit(note_and_give, expensive=True)


def _is_open(row: RequestRow) -> bool:
    return row.asked_at + COPY_GOOD_FOR > datetime.now(UTC)


def _is_id(text: str | None) -> bool:
    try:
        return bool(UUID(text or ""))
    except ValueError:
        return False


async def _people(asked: FormRequest[None, AnyForm]) -> list[PersonChoice]:
    """The people whom the forms offer: those who are looked for, and those who are chosen."""
    form = asked.form
    chosen = form.person.data if isinstance(form, HoldForm) else form.about.data
    ids = [UUID(chosen)] if _is_id(chosen) else []
    looked_for = _looked_for(asked).strip()[:100]
    return await queries.people_of(asked.session, asked.person.authority_id, looked_for, ids)


def _looked_for(asked: FormRequest[None, AnyForm]) -> str:
    return asked.data.one("person") if asked.request.method == "GET" else ""


async def _offer_choices(asked: FormRequest[None, AnyForm], form: HoldForm | RequestForm) -> None:
    people = await _people(asked)
    if isinstance(form, HoldForm):
        form.offer(await queries.schools_of(asked.session, asked.person.authority_id), people)
    else:
        form.offer(people)


async def _context(asked: FormRequest[None, AnyForm]) -> RecordsContext:
    session, person = asked.session, asked.person
    hold = asked.form if isinstance(asked.form, HoldForm) else HoldForm()
    asking = asked.form if isinstance(asked.form, RequestForm) else RequestForm()
    await _offer_choices(asked, asking if hold is asked.form else hold)
    return RecordsContext(
        hold=hold,
        asking=asking,
        outlook=await queries.outlook(session, person, settings_of(person.authority_id)),
        holds=await queries.holds_of(session, person.authority_id),
        wanted=_looked_for(asked),
        today=person.today,
    )


async def _hold(asked: FormRequest[None, HoldForm]) -> None:
    await actions.add_hold(asked.session, asked.person, asked.form.hold())


async def _request(asked: FormRequest[None, RequestForm]) -> Redirect:
    about, reason = UUID(asked.form.about.data), (asked.form.reason.data or "").strip()
    made = await actions.ask_for_records(asked.session, asked.person, about, reason)
    return Redirect(f"/data-protection/requests/{made}", "The copy can be taken now.")


HOLD: FormAction[None, HoldForm] = FormAction(
    name="add_hold",
    creates=True,
    undo="lift_hold",
    resource=list_resource("/data-protection"),
    slug="holds",
    form_slug=None,
    permission=KEEP,
    form=HoldForm,
    form_name="hold",
    choices=lambda asked: _offer_choices(asked, asked.form),
    valid=lambda asked: asked.form.is_valid(asked.person.today),
    template="data_retention/show.html",
    context=_context,
    said="The legal hold is in place. We delete nothing that it covers until you remove it or its end date passes.",
    run=_hold,
)
LIFT = FormAction(
    name="lift_hold",
    title="Lift this legal hold",
    intro="Records that are past their retention period are then deleted. You cannot undo that.",
    warning=True,
    form=Form,
    resource=id_resource("/data-protection/holds/{hold_id:uuid}", "/data-protection"),
    slug="remove",
    permission=KEEP,
    said="The legal hold is removed. We will delete the records that are past their retention period.",
    run=lambda asked: actions.lift_hold(asked.session, asked.person, asked.record),
)
REQUEST: FormAction[None, RequestForm] = FormAction(
    name="ask_for_records",
    creates=True,
    intro="Export every record that is linked to a person or names them. We record who made the export and why.",
    resource=list_resource("/data-protection"),
    slug="requests",
    form_slug=None,
    permission=KEEP,
    form=RequestForm,
    form_name="asking",
    choices=lambda asked: _offer_choices(asked, asked.form),
    template="data_retention/show.html",
    context=_context,
    run=_request,
)
routes = [
    show_records,
    show_request,
    copy_as_workbook,
    copy_as_json,
    *routes_of((HOLD, LIFT, REQUEST)),
]
