"""The page of a school's figures, and the same as CSV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.interests.queries import schools_of_interest
from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.catalogue import Measure, measures_of, year_before
from alongside.features.performance.figures import Figure, benchmarks_of, figures_of
from alongside.features.performance.published.tables import TABLES
from alongside.features.performance.schools.grid import Grid, grids_of
from alongside.features.performance.schools.queries import (
    Inspection,
    SourceOfFigures,
    inspections_of,
    sources_of,
)
from alongside.features.performance.statuses import RELEASES, STATUSES
from alongside.features.schools.models import LARGEST_URN
from alongside.features.schools.queries import school_with
from alongside.features.schools.record import SchoolRecord
from alongside.platform.access.authorisation import may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import CONSORTIUM_ROLES
from alongside.platform.school_calendar.calendar import academic_year
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Download, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, as_csv

YEARS_READ = 15
COLUMNS = (
    "measure",
    "key",
    "academic year",
    "status",
    "value",
    "pupils counted",
    "pupils in all",
    "provisional",
    "URN",
    "predecessor's URN",
)


@dataclass(frozen=True, kw_only=True)
class SchoolFigures(PageContext):
    """The figures of a school by published table, its inspections, and the imports they come from."""

    template = "performance/school.html"

    school: SchoolRecord
    grids: Sequence[Grid]
    inspections: Sequence[Inspection]
    sources: Sequence[SourceOfFigures]
    imports: bool
    tables: Mapping[str, str] = field(default_factory=lambda: TABLES)
    releases: Mapping[str, str] = field(default_factory=lambda: RELEASES)


@endpoint.get("/schools/{urn:int}/figures", permission=Permission.VIEW_PERFORMANCE)
async def show_figures(ctx: PageRequest, urn: int) -> PageResult:
    """Show the figures of a school that this person may read."""
    school = await _school(ctx, urn)
    here, measures = ctx.person.authority_id, measures_of(settings_of(ctx.person.authority_id))
    figures = await _figures(ctx, urn, measures)
    years = {one.academic_year for one in figures}
    benchmarks = await benchmarks_of(ctx.session, measures=list(measures), years=years)
    return Page(
        SchoolFigures(
            school=school,
            grids=grids_of(school, measures, figures, benchmarks),
            inspections=await inspections_of(ctx.session, here, urn),
            sources=await sources_of(ctx.session, here, urn),
            imports=may(ctx.person, Permission.IMPORT_PERFORMANCE),
        )
    )


@endpoint.get("/schools/{urn:int}/figures.csv", permission=Permission.VIEW_PERFORMANCE)
async def export_figures(ctx: PageRequest, urn: int) -> PageResult:
    """Download the figures of a school that this person may read."""
    await _school(ctx, urn)
    measures = measures_of(settings_of(ctx.person.authority_id))
    rows = [
        (
            measures[one.measure].label if one.measure in measures else one.measure,
            one.measure,
            one.academic_year,
            STATUSES[one.status],
            one.value,
            one.numerator,
            one.denominator,
            "yes" if one.provisional else "no",
            one.school_urn,
            one.from_urn,
        )
        for one in await _figures(ctx, urn, measures)
    ]
    return Download(as_csv(COLUMNS, rows), f"figures-{urn}.csv", CSV)


async def _school(ctx: PageRequest, urn: int) -> SchoolRecord:
    """Return a school whose figures this person may read. Raises NotFound, also for a lead with an interest in it."""
    person = ctx.person
    if not 0 < urn <= LARGEST_URN or not may(person, Permission.VIEW_PERFORMANCE, urn):
        raise NotFound
    if person.role in CONSORTIUM_ROLES and person.id is not None:
        interests = await schools_of_interest(ctx.session, person.authority_id, person.id, person.today)
        if urn in interests:
            raise NotFound
    return await school_with(ctx.session, person.authority_id, urn)


async def _figures(ctx: PageRequest, urn: int, measures: Mapping[str, Measure]) -> list[Figure]:
    await identify_requester(ctx.session, ctx.person)
    current = academic_year(ctx.person.today)
    years = [year_before(current, number) for number in range(YEARS_READ)]
    return await figures_of(ctx.session, urns=[urn], measures=list(measures), years=years)


routes = [show_figures, export_figures]
