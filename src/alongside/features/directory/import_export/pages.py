"""Export of search results in the import format, and the core team's page to import a file."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ValidationFailed
from alongside.features.authorities.settings import on_offer
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.directory.import_export.actions import import_rows
from alongside.features.directory.import_export.file_format import COLUMNS, cells_of, export_row, json_lines
from alongside.features.directory.import_export.forms import ImportDefaultsForm
from alongside.features.directory.import_export.parsers import rows_in
from alongside.features.directory.import_export.queries import existing_rows, open_urns, whole_entries
from alongside.features.directory.import_export.row_results import RESULT_LABELS, RowResult, validate_rows
from alongside.features.directory.search.facets import choices_of
from alongside.features.directory.search.forms import ADDRESS, search_form
from alongside.features.directory.search.meaning import with_meaning
from alongside.features.directory.search.nearest import Near
from alongside.features.directory.search.queries import SearchFilters, find_matches, parsed_query
from alongside.features.directory.search.similar_schools import bounds_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import Resource, no_record
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.uploads.file_types import LARGEST_LIST
from alongside.platform.web.formatting import format_count
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import ContinueAfterCommit, Download, PageResult, Redirect
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, XLSX, as_csv, as_xlsx
from alongside.platform.web.uploads import Upload

MOST = 1_000
"""Most entries in one export from a page; the command line has no limit."""

JSON_LINES = "application/jsonl; charset=utf-8"
ExportRows = Sequence[dict[str, object]]


@endpoint.get("/directory/found.csv", permission=Permission.VIEW_ENTRY)
async def export_csv(ctx: PageRequest) -> PageResult:
    """The search results as CSV."""

    def answer(rows: ExportRows) -> PageResult:
        return Download(as_csv(COLUMNS, [cells_of(one) for one in rows]), _name(ctx.person, "csv"), CSV)

    return await _export(ctx, answer)


@endpoint.get("/directory/found.xlsx", permission=Permission.VIEW_ENTRY)
async def export_xlsx(ctx: PageRequest) -> PageResult:
    """The search results as an XLSX workbook."""

    def answer(rows: ExportRows) -> PageResult:
        cells = [cells_of(one) for one in rows]

        async def written() -> PageResult:
            body = await asyncio.to_thread(as_xlsx, "Good practice", COLUMNS, cells)
            return Download(body, _name(ctx.person, "xlsx"), XLSX)

        return ContinueAfterCommit(written, expensive=True)

    return await _export(ctx, answer)


@endpoint.get("/directory/found.jsonl", permission=Permission.VIEW_ENTRY)
async def export_json_lines(ctx: PageRequest) -> PageResult:
    """The search results as JSONL, one entry a line."""

    def answer(rows: ExportRows) -> PageResult:
        return Download(json_lines(rows), _name(ctx.person, "jsonl"), JSON_LINES)

    return await _export(ctx, answer)


def _name(person: Principal, kind: str) -> str:
    return f"good-practice-{person.today}.{kind}"


async def _export(ctx: PageRequest, answer: Callable[[ExportRows], PageResult]) -> PageResult:
    """Answer with the rows of a search, filtered and sorted as on the page."""
    form = search_form(ctx.query, choices_of(settings_of(ctx.person.authority_id)))
    if not form.validate():
        raise ValidationFailed({name: ["Choose from the list."] for name in form.errors if name})
    question = await parsed_query(ctx.session, ctx.person, form.typed)

    async def search_and_answer(session: AsyncSession, near: Near) -> PageResult:
        mine = await bounds_of(session, ctx.person)
        wanted = SearchFilters(form.narrowed, form.sort.data, rows=MOST, mine=mine, near=near)
        found = await find_matches(session, ctx.person, question, wanted)
        entries = await whole_entries(session, ctx.person.authority_id, list(found.matched_groups))
        return answer([export_row(one) for one in entries])

    return await with_meaning(ctx, question, search_and_answer)


@dataclass(frozen=True, kw_only=True)
class ImportPreview(FormContext):
    """The results of the rows of a file called `name`; None before a file is read."""

    row_results: Sequence[RowResult] | None = None
    unknown_headings: Sequence[str] = ()
    name: str = ""
    RESULT_LABELS: Mapping[str, str] = field(default_factory=lambda: RESULT_LABELS)


def _nothing_read(_asked: FormRequest[None, ImportDefaultsForm]) -> ImportPreview:
    return ImportPreview()


def _themes(asked: FormRequest[None, ImportDefaultsForm]) -> None:
    themes = on_offer(settings_of(asked.person.authority_id).themes)
    asked.form.themes.choices = [("", "None"), *((key, one.label) for key, one in themes.items())]


async def _import(asked: FormRequest[None, ImportDefaultsForm]) -> PageResult:
    """Show the result of every row, or import the new rows."""
    session, person, here = asked.session, asked.person, asked.person.authority_id
    given = {name: text for name, text in asked.form.data.items() if text}
    schools, there = await open_urns(session, here), await existing_rows(session, here)
    results, unknown_headings = validate_rows(
        asked.file.checked_as(list), settings_of(here), schools, there, given
    )
    if asked.data.one("act") != "take":
        preview = ImportPreview(row_results=results, unknown_headings=unknown_headings, name=asked.file.name)
        return await IMPORT.page(asked, context=preview)
    made = await import_rows(session, person, results)
    return Redirect(f"{ADDRESS}?sort=newest", f"{format_count(len(made), 'entry', 'entries')} imported.")


IMPORT: FormAction[None, ImportDefaultsForm] = FormAction(
    name="import_entries",
    undo="archive_entry",
    resource=Resource(
        name="record",
        path="/directory/import",
        load=no_record,
        url=lambda _: "/directory/import",
        page=lambda _: "/directory",
    ),
    slug="",
    permission=Permission.MANAGE_DIRECTORY_IMPORT,
    title="Import entries",
    form=ImportDefaultsForm,
    choices=_themes,
    upload=Upload("file", LARGEST_LIST, rows_in),
    template="directory/import_export/bring.html",
    context=_nothing_read,
    run=_import,
)
routes = [export_csv, export_xlsx, export_json_lines, *IMPORT.routes()]
