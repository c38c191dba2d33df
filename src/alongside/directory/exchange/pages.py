"""Taking along what was found, in the form that an import takes; and the core team’s page to bring a file in."""

import asyncio
from collections.abc import Mapping
from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities.registry import settings_of
from alongside.authorities.settings import on_offer
from alongside.directory.exchange.actions import take_in
from alongside.directory.exchange.fates import IN_WORDS, fates_of
from alongside.directory.exchange.form import COLUMNS, cells_of, json_lines, row_of
from alongside.directory.exchange.forms import BringForm
from alongside.directory.exchange.queries import open_urns, what_is_there, whole_entries
from alongside.directory.exchange.reading import MOST_BYTES, rows_in
from alongside.directory.search.context import bounds_of
from alongside.directory.search.facets import choices_of
from alongside.directory.search.forms import ADDRESS, search_form
from alongside.directory.search.queries import Wanted, search, understood
from alongside.errors import Invalid
from alongside.web.answers import AfterCommit, Answer, Download, Page, SeeOther
from alongside.web.gate import page, prepared
from alongside.web.house import House
from alongside.web.spreadsheet import CSV, XLSX, as_csv, as_xlsx
from alongside.web.templates import plural
from alongside.web.typed import asked, typed
from alongside.web.uploads import sent_file

MOST = 1_000
"""Entries of one export; the command line has no such bound."""

AROUND = 200_000
"""Bytes of a form besides its file."""

JSON_LINES = "application/jsonl; charset=utf-8"


@page.get("/directory/found.csv", permission=Permission.SEE_ENTRY)
async def export_csv(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """What was found, as CSV."""
    rows = await _rows(request, session, person)
    return Download(as_csv(COLUMNS, [cells_of(one) for one in rows]), _name(person, "csv"), CSV)


@page.get("/directory/found.xlsx", permission=Permission.SEE_ENTRY)
async def export_xlsx(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The same as a workbook."""
    cells = [cells_of(one) for one in await _rows(request, session, person)]

    async def written() -> Answer:
        body = await asyncio.to_thread(as_xlsx, "Good practice", COLUMNS, cells)
        return Download(body, _name(person, "xlsx"), XLSX)

    return AfterCommit(written, expensive=True)


@page.get("/directory/found.jsonl", permission=Permission.SEE_ENTRY)
async def export_json_lines(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The same with an entry a line."""
    rows = await _rows(request, session, person)
    body = json_lines(rows)
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


@page.get("/directory/import", permission=Permission.KEEP_RESOURCES)
async def ask_for_file(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Where the core team brings a file of entries."""
    return _bringing(BringForm(), person)


async def _read(request: Request[Any, Any, Any], person: Person) -> list[Mapping[str, Any]] | str:
    """The rows of the file that was sent, or what is wrong with it."""
    sent = await sent_file(await typed(request), "file")
    if sent is None:
        return ""
    house: House = request.app.state.house
    try:
        return await house.pool.run(rows_in, *sent, authority_id=person.authority_id, person_id=person.id)
    except ValueError as problem:
        return str(problem)


@page.post(
    "/directory/import", permission=Permission.KEEP_RESOURCES, largest=MOST_BYTES + AROUND, prepare=_read
)
async def bring_entries(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Tell the fate of every row, or take in what is new."""
    written = await typed(request)
    form = BringForm(written)
    sent = await sent_file(written, "file")
    rows: list[Mapping[str, Any]] | str = prepared(request)
    if not form.validate() or sent is None:
        return _bringing(form, person, status=422, missing=sent is None)
    if isinstance(rows, str):
        return _bringing(form, person, status=422, unreadable=rows)
    here = person.authority_id
    given = {name: text for name, text in form.data.items() if text}
    schools, there = await open_urns(session, here), await what_is_there(session, here)
    fates, strange = fates_of(rows, settings_of(here), schools, there, given)
    if written.one("act") != "take":
        return _bringing(form, person, fates=fates, strange=strange, name=sent[0])
    made = await take_in(session, person, fates)
    return SeeOther(f"{ADDRESS}?sort=newest", f"{plural(len(made), 'entry', 'entries')} taken in.")


def _bringing(form: BringForm, person: Person, status: int = 200, **more: Any) -> Page:
    themes = on_offer(settings_of(person.authority_id).themes)
    form.themes.choices = [("", "None"), *((key, one.label) for key, one in themes.items())]
    context = {"missing": False, "unreadable": "", "fates": None, "strange": [], "name": ""} | more
    return Page("directory/exchange/bring.html", context | {"form": form, "IN_WORDS": IN_WORDS}, status)


routes = [export_csv, export_xlsx, export_json_lines, ask_for_file, bring_entries]
