"""The tracker of member schools, with map, CSV and XLSX export, and saved views."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import BooleanField, Form, SelectField, StringField
from wtforms.validators import InputRequired, Length

from alongside.errors import NotFound, ValidationFailed
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.categories.labels import category_label
from alongside.features.consortia.queries import ConsortiumName, consortium_names
from alongside.features.dashboards.consortium.map import MemberMap, member_map
from alongside.features.dashboards.consortium.queries import (
    SORTS,
    Totals,
    TrackedSchool,
    totals_of,
    tracked_schools,
)
from alongside.features.dashboards.consortium.support import SchoolSupport, support_of
from alongside.features.dashboards.work_items import due_next, open_longest
from alongside.features.escalations.queries import open_escalations_by_school
from alongside.features.escalations.rows import OpenEscalations
from alongside.features.people.saved_views import VIEWS, View, remove_view, save_view
from alongside.features.schools.models import PHASES
from alongside.features.schools.term_dates.day_by_school import DayBySchool
from alongside.features.schools.term_dates.queries import days_by_school
from alongside.features.watched_schools.queries import WATCHED, WatchedRow, own_values
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.combined_reads import CombinedRead
from alongside.platform.database.reads import fetch_all
from alongside.platform.forms.action import ActionRequest, id_resource, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.selection import SELECTED, selected_numbers
from alongside.platform.school_calendar.calendar import academic_year_began, school_days_before
from alongside.platform.web.form_data import FormData
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import (
    ContinueAfterCommit,
    Download,
    Page,
    PageContext,
    PageResult,
    Redirect,
)
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, XLSX, as_csv, as_xlsx
from alongside.platform.work_items import WorkItem

OF_PERSON = CombinedRead(VIEWS, WATCHED)
HEADS = (
    "URN",
    "School",
    "Phase",
    "Consortium",
    "Open needs",
    "Oldest need since",
    "Days received",
    "Days given",
    "Days left on offers",
    "Proposals to answer",
    "First proposal ends",
    "Agreements",
    "Agreements to sign",
    "Last contact",
    "Support category",
    "Support days entitled",
    "Support days agreed",
    "Support days received",
    "Challenge visits entitled",
    "Challenge visits made",
    "Quiet",
)


class TrackerForm(Form):
    """The filters above the tracker."""

    q = StringField("School", validators=[Length(max=100, message="Search for 100 characters or fewer.")])
    consortium = SelectField("Consortium", choices=[])
    phase = SelectField("Phase", choices=[("", "All"), *PHASES.items()])
    category = SelectField("Support category", choices=[])
    quiet = BooleanField("Quiet schools only")
    short = BooleanField("Fewer support days agreed than the category gives")
    sort = SelectField(
        "Order", choices=[(key, key) for one in SORTS for key in (one, f"-{one}")], default="school"
    )


def tracker_form(
    query: FormData, consortia: Sequence[ConsortiumName], settings: AuthoritySettings
) -> TrackerForm:
    """The filters from the query string; without support categories there is no filter for them."""
    form = TrackerForm(query)
    form.category.choices = [("", "All"), *((key, one.label) for key, one in settings.categories.items())]
    if not settings.categorisation.used:
        del form.category, form.short
    form.consortium.choices = [("", "All"), *((str(one.id), one.name) for one in consortia)]
    for name in {"consortium", "phase", "category"} & {one.name for one in form}:
        form[name].data = form[name].data or ""
    form.sort.data = form.sort.data or "school"
    return form


def address_of(form: TrackerForm, path: str = "/consortium", **changed: str) -> str:
    """The tracker's URL with these filters, some changed."""
    values = {name: field.data for name, field in form._fields.items()} | changed
    values |= {name: "y" if values.get(name) else "" for name in ("quiet", "short")}
    kept = {name: value for name, value in values.items() if value not in (None, "", "school")}
    return path + (f"?{urlencode(kept)}" if kept else "")


async def _found(
    ctx: PageRequest,
) -> tuple[TrackerForm, Sequence[TrackedSchool], Mapping[int, SchoolSupport]]:
    """Return the filters, the schools and their support."""
    consortia = await consortium_names(ctx.session, ctx.person.authority_id)
    if ctx.person.consortium_ids:
        consortia = [one for one in consortia if one.id in ctx.person.consortium_ids]
    form = tracker_form(ctx.query, consortia, settings_of(ctx.person.authority_id))
    if not form.validate():
        return form, [], {}
    words = (form.q.data or "").strip()
    values = {
        "consortium": UUID(form.consortium.data) if form.consortium.data else None,
        "phase": form.phase.data or None,
        "category": (form["category"].data or None) if "category" in form else None,
        "q": words or None,
        "quiet_only": bool(form.quiet.data),
        "year_began": academic_year_began(ctx.person.today),
    }
    sort = form.sort.data
    values |= (await quiet_before(ctx.session, ctx.person)).parameters()
    schools = await tracked_schools(ctx.session, ctx.person, sort.lstrip("-"), sort.startswith("-"), values)
    support = await support_of(ctx.session, ctx.person, schools)
    if "short" in form and form["short"].data:
        schools = [one for one in schools if support[one.urn].is_short]
    return form, schools, support


async def quiet_before(session: AsyncSession, person: Principal) -> DayBySchool:
    """The day before which a last contact counts as long ago, by each school's own school days.

    A closed school cannot be visited or called.
    """
    school_days = settings_of(person.authority_id).periods.quiet_after
    return await days_by_school(
        session, person.authority_id, lambda one: school_days_before(one, person.today, school_days)
    )


@dataclass(frozen=True, kw_only=True)
class TrackerContext(PageContext):
    """The tracker: the schools with their totals, filters, orders and exports, and what is open.

    `due` are tasks and what others must do by a day, `matters` the needs that wait for a partner.
    """

    template: ClassVar[str] = "dashboards/consortium/show.html"
    fragment: ClassVar[str | None] = "dashboards/consortium/_tracker.html"
    form: TrackerForm
    schools: Sequence[TrackedSchool]
    categories: Mapping[int, str]
    support: Mapping[int, SchoolSupport]
    category_word: str
    totals: Totals
    sorts: Mapping[str, str]
    csv_href: str
    xlsx_href: str
    map: MemberMap | None
    matters: Sequence[WorkItem]
    due: Sequence[WorkItem]
    escalations: Mapping[int, OpenEscalations]
    views: Sequence[View]
    watched: Sequence[WatchedRow]


@endpoint.get("/consortium", permission=Permission.VIEW_CONSORTIUM_DASHBOARD)
async def show_tracker(ctx: PageRequest) -> PageResult:
    """Show the schools in the person's scope, and what has been open longest."""
    form, schools, support = await _found(ctx)
    values = own_values(ctx.person) | {"person_id": ctx.person.id}
    (found,) = await fetch_all(ctx.session, OF_PERSON, values)
    urns = {one.urn for one in schools} if form.consortium.data else None
    settings = settings_of(ctx.person.authority_id)
    shown = TrackerContext(
        form=form,
        schools=schools,
        categories={one.urn: categories_of(ctx.person.authority_id, one) for one in schools},
        support=support,
        category_word=settings.words.category if settings.categorisation.used else "",
        totals=totals_of(schools),
        sorts={one: address_of(form, sort=f"-{one}" if form.sort.data == one else one) for one in SORTS},
        csv_href=address_of(form, "/consortium/tracker.csv"),
        xlsx_href=address_of(form, "/consortium/tracker.xlsx"),
        map=member_map(schools),
        matters=await open_longest(ctx.session, ctx.person, urns),
        due=await due_next(ctx.session, ctx.person, urns),
        escalations=await open_escalations_by_school(ctx.session, ctx.person),
        views=found.of(VIEWS),
        watched=found.of(WATCHED),
    )
    return Page(shown, 422 if form.errors else 200)


def categories_of(authority_id: int, school: TrackedSchool) -> str:
    """The names of the support categories in force of a school; two for an all-through school."""
    return ", ".join(category_label(authority_id, one) for one in (school.category or "").split(",") if one)


def _rows(
    authority_id: int, schools: Sequence[TrackedSchool], support: Mapping[int, SchoolSupport]
) -> list[tuple[object, ...]]:
    return [
        (
            one.urn,
            one.name,
            PHASES[one.phase],
            one.consortium or "",
            one.open_needs,
            one.oldest_need_on or "",
            one.days_in,
            one.days_out,
            one.days_left,
            one.proposals,
            one.proposal_due_on or "",
            one.agreements,
            one.unsigned,
            one.last_contact_on or "",
            categories_of(authority_id, one),
            support[one.urn].entitled.days,
            one.days_agreed,
            one.days_in,
            support[one.urn].entitled.visits,
            support[one.urn].visits_made,
            "yes" if one.quiet else "",
        )
        for one in schools
    ]


@endpoint.get("/consortium/tracker.csv", permission=Permission.VIEW_CONSORTIUM_DASHBOARD)
async def export_tracker_csv(ctx: PageRequest) -> PageResult:
    """Export the filtered and sorted tracker as CSV, or the selected schools alone."""
    _, schools, support = await _found(ctx)
    selected = selected_numbers(ctx.query)
    if SELECTED in ctx.query:
        schools = [one for one in schools if one.urn in selected]
    rows = _rows(ctx.person.authority_id, schools, support)
    return Download(as_csv(HEADS, rows), f"schools-{ctx.person.today}.csv", CSV)


@endpoint.get("/consortium/tracker.xlsx", permission=Permission.VIEW_CONSORTIUM_DASHBOARD)
async def export_tracker_xlsx(ctx: PageRequest) -> PageResult:
    """Export the filtered and sorted tracker as XLSX."""
    _, schools, support = await _found(ctx)
    rows = list(_rows(ctx.person.authority_id, schools, support))

    async def written() -> PageResult:
        body = await asyncio.to_thread(as_xlsx, "Schools", HEADS, rows)
        return Download(body, f"schools-{ctx.person.today}.xlsx", XLSX)

    return ContinueAfterCommit(written, expensive=True)


class ViewForm(Form):
    """The name of a saved view."""

    name = StringField(
        "Name of this view",
        validators=[
            InputRequired("Give the view a name, like “Open needs, oldest first”."),
            Length(max=60, message="The name must be 60 characters or fewer. Shorten it."),
        ],
    )


async def _save_view(asked: ActionRequest[None]) -> Redirect:
    """Save the current filters and order as a view."""
    form = ViewForm(asked.data)
    if not form.validate():
        raise ValidationFailed({"name": [str(one) for one in form.name.errors]})
    consortia = await consortium_names(asked.session, asked.person.authority_id)
    wanted = tracker_form(asked.data, consortia, settings_of(asked.person.authority_id))
    if not wanted.validate():
        raise ValidationFailed({name: ["Choose from the list."] for name in wanted.errors if name})
    name = str(form.name.data).strip()
    await save_view(asked.session, asked.person, name, address_of(wanted, ""))
    return Redirect(address_of(wanted), "The view is saved.")


async def _drop_view(asked: ActionRequest[UUID]) -> None:
    if not await remove_view(asked.session, asked.person, asked.record):
        raise NotFound


KEEP_VIEW = ButtonAction(
    name="keep_view",
    undo="drop_view",
    resource=list_resource("/consortium"),
    slug="views",
    permission=Permission.VIEW_CONSORTIUM_DASHBOARD,
    run=_save_view,
)
DROP_VIEW = ButtonAction(
    name="drop_view",
    undo="keep_view",
    resource=id_resource("/consortium/views/{view_id:uuid}", "/consortium"),
    slug="removal",
    permission=Permission.VIEW_CONSORTIUM_DASHBOARD,
    said="The view is removed.",
    run=_drop_view,
)
routes = [show_tracker, export_tracker_csv, export_tracker_xlsx, *routes_of((KEEP_VIEW, DROP_VIEW))]
