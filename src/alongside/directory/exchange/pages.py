"""Taking along what was found: the same entries as on the screen, in the form that an import takes."""

import json
from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities.registry import settings_of
from alongside.directory.exchange.form import COLUMNS, cells_of, row_of
from alongside.directory.exchange.queries import whole_entries
from alongside.directory.search.context import bounds_of
from alongside.directory.search.facets import choices_of
from alongside.directory.search.forms import search_form
from alongside.directory.search.queries import Wanted, search, understood
from alongside.errors import Invalid
from alongside.web.answers import Answer, Download
from alongside.web.gate import page
from alongside.web.spreadsheet import CSV, XLSX, as_csv, as_xlsx
from alongside.web.typed import asked

MOST = 1_000
"""Entries of one export; the command line has no such bound."""

JSON_LINES = "application/jsonl; charset=utf-8"


@page.get("/directory/found.csv", permission=Permission.SEE_ENTRY)
async def export_csv(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """What was found, as CSV."""
    rows = await _rows(request, session, person)
    return Download(as_csv(COLUMNS, [cells_of(one) for one in rows]), _name(person, "csv"), CSV)


@page.get("/directory/found.xlsx", permission=Permission.SEE_ENTRY)
async def export_xlsx(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The same as a workbook."""
    rows = await _rows(request, session, person)
    body = as_xlsx("Good practice", COLUMNS, [cells_of(one) for one in rows])
    return Download(body, _name(person, "xlsx"), XLSX)


@page.get("/directory/found.jsonl", permission=Permission.SEE_ENTRY)
async def export_json_lines(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The same with an entry a line."""
    rows = await _rows(request, session, person)
    body = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    return Download(body, _name(person, "jsonl"), JSON_LINES)


def _name(person: Person, kind: str) -> str:
    return f"good-practice-{person.today}.{kind}"


async def _rows(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person
) -> list[dict[str, Any]]:
    """The rows of a search, narrowed and ordered as on the screen."""
    form = search_form(asked(request), choices_of(settings_of(person.authority_id)))
    if not form.validate():
        raise Invalid({name: ["Choose from the list."] for name in form.errors if name})
    mine = await bounds_of(session, person)
    wanted = Wanted(form.narrowed, form.sort.data, rows=MOST, mine=mine)
    found = await search(session, person, await understood(session, person, form.typed), wanted)
    return [row_of(one) for one in await whole_entries(session, person.authority_id, list(found.held))]


routes = [export_csv, export_xlsx, export_json_lines]
