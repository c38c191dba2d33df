"""Report on escalations for the core team and the board."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.escalations.reporting.figures import Figures, report_tables, total_of
from alongside.features.escalations.reporting.queries import ReportedEscalation, escalations_between
from alongside.platform.access.permissions import Permission
from alongside.platform.school_calendar.calendar import academic_year
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Download, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, as_csv

YEARS = 4
"""Number of academic years that can be chosen, the present one first."""


@dataclass(frozen=True, kw_only=True)
class EscalationReport(PageContext):
    """The tables of an academic year, which begins in the year `first`, and the years that can be chosen."""

    template = "escalations/learning.html"

    settings: AuthoritySettings
    year: str
    first: int
    years: Mapping[int, str]
    total: str
    figures: Sequence[Figures]


@endpoint.get("/escalations/reports", permission=Permission.VIEW_ESCALATION_REPORTS)
async def show_reports(ctx: PageRequest) -> PageResult:
    """Show the report: number, reasons, durations and results, as tables with bars."""
    first, years, escalations = await _escalations(ctx)
    settings = settings_of(ctx.person.authority_id)
    report = EscalationReport(
        settings=settings,
        year=academic_year(date(first, 9, 1)),
        first=first,
        years=years,
        total=total_of(escalations),
        figures=report_tables(settings, escalations),
    )
    return Page(report)


@endpoint.get("/escalations/reports.csv", permission=Permission.VIEW_ESCALATION_REPORTS)
async def learning_as_csv(ctx: PageRequest) -> PageResult:
    """Download the figures as CSV, with the same numbers suppressed."""
    first, _, escalations = await _escalations(ctx)
    rows = [
        (table.caption, line.head, head, cell)
        for table in report_tables(settings_of(ctx.person.authority_id), escalations)
        for line in table.lines
        for head, cell in zip(table.heads[1:], line.cells, strict=True)
    ]
    body = as_csv(("Table", "Line", "Figure", "Value"), rows)
    return Download(body, f"cases-{academic_year(date(first, 9, 1))}.csv", CSV)


async def _escalations(ctx: PageRequest) -> tuple[int, dict[int, str], list[ReportedEscalation]]:
    """The chosen year, the years that can be chosen, and the year's escalations; an unknown year means the
    present one.
    """
    present = int(academic_year(ctx.person.today)[:4])
    years = {year: academic_year(date(year, 9, 1)) for year in range(present, present - YEARS, -1)}
    wanted = ctx.query.one("year")
    first = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) == 4 else present
    first = first if first in years else present
    escalations = await escalations_between(ctx.session, ctx.person, date(first, 9, 1), date(first + 1, 9, 1))
    return first, years, escalations


routes = [show_reports, learning_as_csv]
