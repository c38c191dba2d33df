"""The page of totals, for people who read no other school's category."""

from collections.abc import Sequence
from dataclasses import dataclass

from alongside.features.categories.labels import require_used
from alongside.features.categories.reports import earlier_year
from alongside.features.categories.totals import DIRECTIONS, Totals, totals_of
from alongside.platform.access.permissions import Permission
from alongside.platform.school_calendar.calendar import academic_year
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class TotalsPage(PageContext):
    """The totals of one year, and the years to choose from."""

    template = "categories/totals.html"

    year: str
    years: Sequence[str]
    earlier: str
    totals: Totals
    directions: Sequence[str]


@endpoint.get("/categories/totals", permission=Permission.VIEW_CATEGORY)
async def show_totals(ctx: PageRequest) -> PageResult:
    """Show the totals of all schools in this year or one of the four before."""
    require_used(ctx.person)
    years = [academic_year(ctx.person.today)]
    while len(years) < 5:
        years.append(earlier_year(years[-1]))
    asked = ctx.query.one("year")
    year = asked if asked in years else years[0]
    context = TotalsPage(
        year=year,
        years=years,
        earlier=earlier_year(year),
        totals=await totals_of(ctx.session, ctx.person, year),
        directions=DIRECTIONS,
    )
    return Page(context)


routes = [show_totals]
