"""The page of what is learnt from cases, for the core team and its board."""

from datetime import date
from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.authorities.calendar import academic_year
from alongside.escalations.learning.figures import figures_of, total_of
from alongside.escalations.learning.queries import Past, cases_between
from alongside.web.answers import Answer, Download, Page
from alongside.web.gate import page
from alongside.web.spreadsheet import CSV, as_csv
from alongside.web.typed import asked

YEARS = 4
"""Academic years that can be chosen, the present one first."""


@page.get("/cases/learning", permission=Permission.LEARN_FROM_CASES)
async def show_learning(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """How many cases, why, how long, what came of them: charts that are tables."""
    first, years, cases = await _cases(request, session, person)
    context = {
        "year": academic_year(date(first, 9, 1)),
        "first": first,
        "years": years,
        "total": total_of(cases),
        "figures": figures_of(settings_of(person.authority_id), cases),
        "settings": settings_of(person.authority_id),
    }
    return Page("cases/learning.html", context)


@page.get("/cases/learning.csv", permission=Permission.LEARN_FROM_CASES)
async def learning_as_csv(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The same figures for a spreadsheet, with the same numbers hidden."""
    first, _, cases = await _cases(request, session, person)
    rows = [
        (table.caption, line.head, head, cell)
        for table in figures_of(settings_of(person.authority_id), cases)
        for line in table.lines
        for head, cell in zip(table.heads[1:], line.cells, strict=True)
    ]
    body = as_csv(("Table", "Line", "Figure", "Value"), rows)
    return Download(body, f"cases-{academic_year(date(first, 9, 1))}.csv", CSV)


async def _cases(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person
) -> tuple[int, dict[int, str], list[Past]]:
    """The year that was asked for, those that may be, and its cases; the present one where it was none of them."""
    present = int(academic_year(person.today)[:4])
    years = {year: academic_year(date(year, 9, 1)) for year in range(present, present - YEARS, -1)}
    wanted = asked(request).one("year")
    first = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) == 4 else present
    first = first if first in years else present
    cases = await cases_between(session, person, date(first, 9, 1), date(first + 1, 9, 1))
    return first, years, cases


routes = [show_learning, learning_as_csv]
