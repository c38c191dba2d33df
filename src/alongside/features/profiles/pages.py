"""Pages of profiles: the list, one profile with its PDF, and the exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.features.profiles import answering, handling, method_pages, similar_page
from alongside.features.profiles.actions import record_reading
from alongside.features.profiles.export import export_rows, heads_of
from alongside.features.profiles.facts import facts_of
from alongside.features.profiles.parts import (
    CommentRow,
    InvitationRow,
    comments_of,
    disputes_of,
    invitations_of,
)
from alongside.features.profiles.pdf import contents_of
from alongside.features.profiles.queries import (
    DisputeRow,
    ProfileRow,
    get_profile,
    outputs_of,
    profiles_for,
    school_names,
    state_counts,
)
from alongside.features.profiles.school_labels.queries import LabelRow, labels_of_school
from alongside.features.profiles.similar_help import days_free
from alongside.features.profiles.view import ProfileView, view_of
from alongside.features.profiles.words import DIRECTIONS
from alongside.features.readings.queries import ReadingRow, has_signed, readings_of
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import GOVERNING_ROLES, SCHOOL_ROLES
from alongside.platform.forms.action import ActionButton, buttons_for, routes_of
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.pdf import MEDIA_TYPE, pdf
from alongside.platform.web.responses import ContinueAfterCommit, Download, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, XLSX, as_csv, as_xlsx

VIEW, PREPARE = Permission.VIEW_PROFILE, Permission.PREPARE_PROFILE
STATES = ("calculated", "shared", "discussed", "declined", "no_answer", "final", "revised")
PHASES = ("primary", "secondary")


@dataclass(frozen=True, kw_only=True)
class ProfileList(PageContext):
    """One page of the profiles that a person can read; `query` repeats the filters in an address."""

    template = "profiles/list.html"

    profiles: Sequence[ProfileRow]
    more: bool
    number: int
    years: Sequence[str]
    filters: Mapping[str, str]
    counts: Mapping[str, int]
    states: Sequence[str]
    phases: Sequence[str]
    directions: Mapping[str, str]
    categories: Mapping[str, str]
    query: str
    prepares: bool


@dataclass(frozen=True, kw_only=True)
class ProfilePage(PageContext):
    """One profile with the school's comment, disputes and invitations; `names` are those of similar schools."""

    template = "profiles/show.html"

    profile: ProfileRow
    view: ProfileView
    category: str | None
    further: Sequence[tuple[str, str]]
    days_free: Mapping[int, Decimal]
    directions: Mapping[str, str]
    names: Mapping[int, str]
    comments: Sequence[CommentRow]
    disputes: Sequence[DisputeRow]
    invitations: Sequence[InvitationRow]
    labels: Mapping[str, str]
    calculated_at: datetime
    buttons: Sequence[ActionButton]
    prepares: bool
    proposes: bool
    asks: bool
    readings: Sequence[ReadingRow]
    school_labels: Sequence[LabelRow]


async def _filters(ctx: PageRequest) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
    """Return the filters of the address, and the number of profiles in each state by year."""
    asked = {name: ctx.query.one(name) for name in ("year", "phase", "state", "name")}
    phase = asked["phase"] if asked["phase"] in PHASES else ""
    name = asked["name"].strip()[:80]
    counts = await state_counts(ctx.session, ctx.person, phase, name)
    filters = {
        "year": asked["year"] if asked["year"] in counts else next(iter(counts), ""),
        "phase": phase,
        "state": asked["state"] if asked["state"] in STATES else "",
        "name": name,
    }
    return filters, counts


def _query(filters: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in filters.items() if value})


@endpoint.get("/profiles", permission=VIEW)
async def list_profiles(ctx: PageRequest) -> PageResult:
    """List the profiles that a person can read, by year, phase, state and name of the school."""
    filters, counts = await _filters(ctx)
    number = number_of_page(ctx.query.one("page"))
    profiles, more = await profiles_for(ctx.session, ctx.person, filters, number)
    settings = settings_of(ctx.person.authority_id)
    return Page(
        ProfileList(
            profiles=profiles,
            more=more,
            number=number,
            years=list(counts),
            filters=filters,
            counts=counts.get(filters["year"], {}),
            states=STATES,
            phases=PHASES,
            directions=DIRECTIONS,
            categories={key: one.label for key, one in settings.categories.items()},
            query=_query(filters),
            prepares=has_permission(ctx.person, PREPARE),
        )
    )


@endpoint.get("/profiles/{profile_id:uuid}", permission=VIEW)
async def show_profile(ctx: PageRequest, profile_id: UUID) -> PageResult:
    """Show a profile as this person may read it, and record that the school, or who governs it, has seen it."""
    profile = await get_profile(ctx.session, ctx.person, VIEW, profile_id)
    outputs, calculated_at = await outputs_of(ctx.session, ctx.person, profile)
    settings = settings_of(ctx.person.authority_id)
    view = view_of(ctx.person.authority_id, outputs)
    actions = (*answering.ACTIONS, *handling.ACTIONS)
    readings = await readings_of(ctx.session, ctx.person, profile.id)
    signed = has_signed(readings, profile.snapshot_number)
    page = Page(
        ProfilePage(
            profile=profile,
            view=view,
            category=label_of(settings.categories, profile.proposed_category)
            if profile.proposed_category
            else None,
            further=await facts_of(ctx.session, ctx.person, profile),
            days_free=await days_free(ctx.session, ctx.person, [one.urn for one in view.similar]),
            directions=DIRECTIONS,
            names=await school_names(ctx.session, ctx.person, [one.urn for one in view.similar]),
            comments=await comments_of(ctx.session, profile),
            disputes=await disputes_of(ctx.session, profile),
            invitations=await invitations_of(ctx.session, profile),
            labels={key: one.label for key, one in settings.measures.items()},
            calculated_at=calculated_at,
            buttons=[
                one
                for one in buttons_for(ctx.person, profile, actions)
                if not (signed and one.name == "sign_profile")
            ],
            prepares=has_permission(ctx.person, PREPARE),
            proposes=has_permission(ctx.person, Permission.PROPOSE_CATEGORY)
            and settings.categorisation.used
            and profile.shared_at is not None,
            asks=ctx.person.role in SCHOOL_ROLES,
            readings=readings,
            school_labels=await labels_of_school(ctx.session, ctx.person, profile.school_urn),
        )
    )
    if ctx.person.role not in SCHOOL_ROLES | GOVERNING_ROLES:
        return page

    async def record_and_show() -> PageResult:
        await record_reading(ctx.app.database, ctx.person, profile)
        return page

    return ContinueAfterCommit(record_and_show)


@endpoint.get("/profiles/{profile_id:uuid}/profile.pdf", permission=VIEW, expensive=True)
async def print_profile(ctx: PageRequest, profile_id: UUID) -> PageResult:
    """Download a profile as a PDF of two pages, with the school's comment."""
    profile = await get_profile(ctx.session, ctx.person, VIEW, profile_id)
    values = await contents_of(ctx.session, ctx.person, profile)

    async def make() -> PageResult:
        name = f"profile-{profile.school_urn}-{profile.phase}-{profile.academic_year}.pdf"
        return Download(await pdf("profiles/profile.typ", values), name, MEDIA_TYPE)

    return ContinueAfterCommit(make, expensive=True)


@endpoint.get("/profiles/profiles.csv", permission=VIEW)
async def download_csv(ctx: PageRequest) -> PageResult:
    """Download the profiles that a person can read as CSV: one row a measure, with the school's comment."""
    filters, _ = await _filters(ctx)
    rows = await export_rows(ctx.session, ctx.person, filters)
    return Download(as_csv(heads_of(), rows), f"profiles-{filters['year'] or 'none'}.csv", CSV)


@endpoint.get("/profiles/profiles.xlsx", permission=VIEW, expensive=True)
async def download_xlsx(ctx: PageRequest) -> PageResult:
    """Download the same rows as a workbook."""
    filters, _ = await _filters(ctx)
    rows = await export_rows(ctx.session, ctx.person, filters)

    async def make() -> PageResult:
        book = as_xlsx("Profiles", heads_of(), rows)
        return Download(book, f"profiles-{filters['year'] or 'none'}.xlsx", XLSX)

    return ContinueAfterCommit(make, expensive=True)


routes = [
    list_profiles,
    show_profile,
    print_profile,
    download_csv,
    download_xlsx,
    *method_pages.routes,
    *similar_page.routes,
    *routes_of(
        (handling.CALCULATE, handling.SHARE_ALL, *handling.ACTIONS, handling.ANSWER, *answering.ACTIONS)
    ),
]
