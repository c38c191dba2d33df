"""Report on escalations for the core team and the board."""

from datetime import date

from alongside.features.authorities import settings_of
from alongside.features.escalations.reporting.figures import report_tables, total_of
from alongside.features.escalations.reporting.queries import ReportedEscalation, escalations_between
from alongside.platform.access.permissions import Permission
from alongside.platform.school_calendar.calendar import academic_year
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Download, Page, PageResult, TemplateVariables
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, as_csv

YEARS = 4
"""Number of academic years that can be chosen, the present one first."""


@endpoint.get("/escalations/reports", permission=Permission.VIEW_ESCALATION_REPORTS)
async def show_reports(ctx: PageRequest) -> PageResult:
    """Show the report: number, reasons, durations and results, as tables with bars."""
    first, years, escalations = await _escalations(ctx)
    context = {
        "year": academic_year(date(first, 9, 1)),
        "first": first,
        "years": years,
        "total": total_of(escalations),
        "figures": report_tables(settings_of(ctx.person.authority_id), escalations),
        "settings": settings_of(ctx.person.authority_id),
    }
    return Page(TemplateVariables("escalations/learning.html", context))


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
