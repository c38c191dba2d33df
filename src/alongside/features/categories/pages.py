"""Pages of support categories: the list, one category, the panel’s list, and the reports of a year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.features.authorities import settings_of
from alongside.features.categories import appealing, managing, queries, totals_page
from alongside.features.categories.actions import record_seen
from alongside.features.categories.labels import STATES, require_used
from alongside.features.categories.models import BASES, OUTCOMES
from alongside.features.categories.moderating import MODERATE, wanted_phase
from alongside.features.categories.queries import ChangeRow, Filters, get_category
from alongside.features.categories.reports import (
    DIFFERENCE_HEADS,
    LIST_HEADS,
    Distribution,
    difference_cells,
    distribution,
    earlier_year,
    list_cells,
    movement,
)
from alongside.features.categories.row import CategoryRow
from alongside.features.consortia.models import PHASES
from alongside.features.readings.queries import ReadingRow, has_signed, readings_of
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import CONSORTIUM_ROLES, GOVERNING_ROLES, Role
from alongside.platform.forms.action import ActionButton, buttons_for, routes_of
from alongside.platform.school_calendar.calendar import academic_year
from alongside.platform.web.formatting import format_date
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.pdf import MEDIA_TYPE, pdf
from alongside.platform.web.responses import ContinueAfterCommit, Download, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, as_csv

WAITING = ("discussed", "moderated", "agreed")
"""States in which somebody must do the next step to several categories at once."""

VIEW, REVIEW = Permission.VIEW_CATEGORY, Permission.REVIEW_CATEGORIES


@dataclass(frozen=True, kw_only=True)
class CategoryList(PageContext):
    """One page of the categories of a year; others read those of their own schools."""

    template = "categories/list.html"

    rows: Sequence[CategoryRow]
    year: str
    years: Sequence[str]
    phase: str
    state: str
    more: bool
    number: int
    query: str
    reviews: bool
    proposes: bool
    agrees: bool
    moderates: bool
    waiting: Mapping[str, int]
    PHASES: Sequence[str]
    STATES: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class CategoryPage(PageContext):
    """One category with its steps, and who has read and signed it; a school reads it from the notification."""

    template = "categories/show.html"

    category: CategoryRow
    changes: Sequence[ChangeRow]
    buttons: Sequence[ActionButton]
    word: str
    readings: Sequence[ReadingRow]
    support_days: int | None
    challenge_visits: int | None
    BASES: Mapping[str, str]
    OUTCOMES: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class PanelList(PageContext):
    """What the panel of a lead or deputy moderates."""

    template = "categories/panel.html"

    rows: Sequence[CategoryRow]
    phase: str
    PHASES: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class DistributionPage(PageContext):
    """How many schools have each category, and the movement since the year before."""

    template = "categories/distribution.html"

    year: str
    years: Sequence[str]
    earlier: str
    table: Distribution
    moved: Sequence[tuple[str, str, str, str, int]]


@dataclass(frozen=True, kw_only=True)
class DifferenceList(PageContext):
    """One page of the categories in which a step differs from the one before it."""

    template = "categories/differences.html"

    rows: Sequence[CategoryRow]
    year: str
    years: Sequence[str]
    more: bool
    number: int


def _text(ctx: PageRequest, name: str, allowed: Mapping[str, object] | Sequence[str]) -> str:
    asked = ctx.query.one(name)
    return asked if asked in allowed else ""


async def _year(ctx: PageRequest) -> tuple[str, list[str]]:
    """Return the chosen academic year and those to choose from: of the rows, and this one."""
    this_year = academic_year(ctx.person.today)
    years = sorted({*await queries.years(ctx.session, ctx.person), this_year}, reverse=True)
    asked = ctx.query.one("year")
    return (asked if asked in years else this_year), years


def _filters(ctx: PageRequest, year: str) -> Filters:
    return Filters(year, _text(ctx, "phase", PHASES) or None, _text(ctx, "state", STATES) or None)


@endpoint.get("/categories", permission=VIEW)
async def list_categories(ctx: PageRequest) -> PageResult:
    """List the categories of a year that a person can read."""
    require_used(ctx.person)
    person, number = ctx.person, number_of_page(ctx.query.one("page"))
    reviews = has_permission(person, REVIEW)
    year, years = await _year(ctx) if reviews else (academic_year(person.today), [])
    filters = _filters(ctx, year)
    waiting = dict.fromkeys(WAITING, 0)
    if reviews:
        rows, more = await queries.categories_of_year(ctx.session, person, filters, number)
        counts = await queries.counts_by_state(ctx.session, person, WAITING)
        waiting |= {state: one.rows for state, one in counts.items()}
    else:
        rows, more = await queries.categories_of_schools(ctx.session, person, person.own_schools, number)
    chosen = [("year", year), ("phase", filters.phase), ("state", filters.state)]
    context = CategoryList(
        rows=rows,
        year=year,
        years=years,
        phase=filters.phase or "",
        state=filters.state or "",
        more=more,
        number=number,
        query="&".join(f"{name}={value}" for name, value in chosen if value),
        reviews=reviews,
        proposes=has_permission(person, Permission.PROPOSE_CATEGORY),
        agrees=has_permission(person, Permission.AGREE_CATEGORY),
        moderates=person.role in CONSORTIUM_ROLES,
        waiting=waiting,
        PHASES=list(PHASES),
        STATES=STATES,
    )
    return Page(context)


@endpoint.get("/categories/{support_category_id:uuid}", permission=VIEW)
async def show_category(ctx: PageRequest, support_category_id: UUID) -> PageResult:
    """Show a category with its steps, and record that the headteacher, or who governs the school, has seen it."""
    row = await get_category(ctx.session, ctx.person, VIEW, support_category_id)
    settings = settings_of(row.authority_id)
    readings = await readings_of(ctx.session, ctx.person, row.id)
    signed = has_signed(readings, row.decision_number)
    buttons = buttons_for(ctx.person, row, (*managing.ACTIONS, MODERATE, *appealing.ACTIONS))
    band = settings.categories.get(row.latest or "")
    page = Page(
        CategoryPage(
            category=row,
            changes=await queries.changes_of(ctx.session, row),
            buttons=[one for one in buttons if not (signed and one.name == "sign_category")],
            readings=readings,
            word=settings.words.category,
            support_days=band.support_days if band else None,
            challenge_visits=band.challenge_visits if band else None,
            BASES=BASES,
            OUTCOMES=OUTCOMES,
        )
    )
    if ctx.person.role not in GOVERNING_ROLES | {Role.HEADTEACHER}:
        return page

    async def record_and_show() -> PageResult:
        await record_seen(ctx.app.database, ctx.person, row)
        return page

    return ContinueAfterCommit(record_and_show)


@endpoint.get("/categories/moderation", permission=Permission.MODERATE_CATEGORY)
async def list_for_panel(ctx: PageRequest) -> PageResult:
    """List what a panel moderates."""
    require_used(ctx.person)
    phase = wanted_phase(ctx.query)
    rows = await queries.to_moderate(ctx.session, ctx.person, phase)
    return Page(PanelList(rows=rows, phase=phase or "", PHASES=list(PHASES)))


@endpoint.get("/categories/distribution", permission=REVIEW)
async def show_distribution(ctx: PageRequest) -> PageResult:
    """Show the distribution of a year and the movement since the year before."""
    require_used(ctx.person)
    year, years = await _year(ctx)
    context = DistributionPage(
        year=year,
        years=years,
        earlier=earlier_year(year),
        table=await distribution(ctx.session, ctx.person, year),
        moved=await movement(ctx.session, ctx.person, year),
    )
    return Page(context)


@endpoint.get("/categories/distribution.csv", permission=REVIEW)
async def download_distribution(ctx: PageRequest) -> PageResult:
    """Download the distribution of a year as CSV."""
    require_used(ctx.person)
    year, _ = await _year(ctx)
    table = await distribution(ctx.session, ctx.person, year)
    rows = [(year, phase, name, *counts) for phase, name, counts in table.rows]
    return Download(
        as_csv(("Year", "Phase", "Consortium", *table.heads), rows), f"distribution-{year}.csv", CSV
    )


@endpoint.get("/categories/movement.csv", permission=REVIEW)
async def download_movement(ctx: PageRequest) -> PageResult:
    """Download the movement since the year before as CSV."""
    require_used(ctx.person)
    year, _ = await _year(ctx)
    heads = ("Phase", f"Category in {earlier_year(year)}", f"Category in {year}", "Direction", "Schools")
    moved = await movement(ctx.session, ctx.person, year)
    return Download(as_csv(heads, moved), f"movement-{year}.csv", CSV)


@endpoint.get("/categories/list.csv", permission=REVIEW)
async def download_categories(ctx: PageRequest) -> PageResult:
    """Download the categories of a year as CSV."""
    require_used(ctx.person)
    year, _ = await _year(ctx)
    found, _ = await queries.categories_of_year(
        ctx.session, ctx.person, _filters(ctx, year), size=queries.ALL
    )
    return Download(as_csv(LIST_HEADS, map(list_cells, found)), f"categories-{year}.csv", CSV)


@endpoint.get("/categories/differences", permission=REVIEW)
async def list_differences(ctx: PageRequest) -> PageResult:
    """List the categories in which a step differs from the one before it."""
    require_used(ctx.person)
    year, years = await _year(ctx)
    number = number_of_page(ctx.query.one("page"))
    filters = Filters(year, differing=True)
    rows, more = await queries.categories_of_year(ctx.session, ctx.person, filters, number)
    return Page(DifferenceList(rows=rows, year=year, years=years, more=more, number=number))


async def _differences(ctx: PageRequest) -> tuple[str, list[CategoryRow]]:
    require_used(ctx.person)
    year, _ = await _year(ctx)
    filters = Filters(year, differing=True)
    found, _ = await queries.categories_of_year(ctx.session, ctx.person, filters, size=queries.ALL)
    return year, found


@endpoint.get("/categories/differences.csv", permission=REVIEW)
async def download_differences(ctx: PageRequest) -> PageResult:
    """Download the list of differences as CSV."""
    year, found = await _differences(ctx)
    return Download(as_csv(DIFFERENCE_HEADS, map(difference_cells, found)), f"differences-{year}.csv", CSV)


@endpoint.get("/categories/differences.pdf", permission=REVIEW)
async def print_differences(ctx: PageRequest) -> PageResult:
    """Print the list of differences, as a paper for the board."""
    year, found = await _differences(ctx)
    settings = settings_of(ctx.person.authority_id)
    values: Mapping[str, object] = {
        "title": f"Differences between proposed and agreed categories in {year}",
        "authority": settings.name,
        "colour": settings.brand.colour,
        "made": f"Made on {format_date(ctx.person.today)}",
        "schools": [
            {
                "school": row.school,
                "facts": [
                    [head, str(cell)]
                    for head, cell in zip(DIFFERENCE_HEADS[2:], difference_cells(row)[2:], strict=True)
                    if cell != ""
                ],
            }
            for row in found
        ],
    }

    async def print_it() -> PageResult:
        made = await pdf("categories/differences.typ", values)
        return Download(made, f"differences-{year}.pdf", MEDIA_TYPE)

    return ContinueAfterCommit(print_it, expensive=True)


routes = [
    list_categories,
    show_category,
    list_for_panel,
    show_distribution,
    download_distribution,
    download_movement,
    download_categories,
    list_differences,
    download_differences,
    print_differences,
    *totals_page.routes,
    *routes_of((*managing.OF_LIST, *managing.ACTIONS, MODERATE, *appealing.ACTIONS)),
]
