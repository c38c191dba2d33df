"""Pages to import a published table: list, upload, preview with confirmation, and one import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from wtforms import Form, HiddenField

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.catalogue import Measure, measures_of
from alongside.features.performance.importing import queries
from alongside.features.performance.importing.actions import (
    CHANGED_MEANWHILE,
    Origin,
    apply_import,
    empty_upload,
    keep_upload,
)
from alongside.features.performance.importing.forms import UploadForm, offer_years
from alongside.features.performance.importing.plan import ImportPlan, PlannedFigure, summary_of
from alongside.features.performance.importing.preview import packed, read_upload
from alongside.features.performance.importing.queries import Imported, LeftOut, WaitingUpload
from alongside.features.performance.importing.resource import UPLOAD, load_upload
from alongside.features.performance.labels import show_figure
from alongside.features.performance.published.content import Table
from alongside.features.performance.published.sheets import Sheet, UnknownTable, UnreadableTable, read_sheet
from alongside.features.performance.published.tables import TABLES
from alongside.features.performance.statuses import RELEASES
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.school_calendar.calendar import academic_year
from alongside.platform.web.formatting import format_count
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint
from alongside.platform.web.uploads import Upload

IMPORTS = "/performance/imports"
LARGEST = 10_000_000
"""Maximum bytes of an uploaded table; the command line imports the tables of the whole country."""

SHOWN = 100
"""Changed figures and rows left out that a preview shows."""


@dataclass(frozen=True, kw_only=True)
class ImportList(PageContext):
    """One page of imports; `previous` and `following` are addresses."""

    template = "performance/imports.html"

    imports: Sequence[Imported]
    total: int
    first: int
    previous: str | None
    following: str | None
    tables: Mapping[str, str] = field(default_factory=lambda: TABLES)
    releases: Mapping[str, str] = field(default_factory=lambda: RELEASES)


@dataclass(frozen=True, kw_only=True)
class ImportPage(PageContext):
    """One import with the rows that it left out."""

    template = "performance/import.html"

    one: Imported
    left_out: Sequence[LeftOut]
    table: str
    release: str


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """A figure that an import would change, as a preview shows it."""

    urn: int
    measure: str
    academic_year: str
    before: str
    after: str


IMPORT_INTRO = (
    "The new figures take the place of those stored now. An import of the table as it was puts them back."
)


@dataclass(frozen=True, kw_only=True)
class PreviewPage(PageContext):
    """The preview of an upload: numbers, changed figures, notes and rows left out; `problem` if it cannot be read."""

    template = "performance/preview.html"

    upload: WaitingUpload
    problem: str = ""
    table: Table | None = None
    plan: ImportPlan | None = None
    numbers: Sequence[tuple[str, int]] = ()
    changes: Sequence[ChangedFigure] = ()
    releases: Mapping[str, str] = field(default_factory=lambda: RELEASES)
    shown: int = SHOWN
    intro: str = IMPORT_INTRO


@endpoint.get(IMPORTS, permission=Permission.IMPORT_PERFORMANCE)
async def list_imports(ctx: PageRequest) -> PageResult:
    """List the imports of published tables, newest first."""
    at = number_of_page(ctx.query.one("page"))
    found = await queries.imports_of(ctx.session, ctx.person.authority_id, at)
    total = found[0].total if found else 0
    return Page(
        ImportList(
            imports=found,
            total=total,
            first=(at - 1) * queries.PAGE_SIZE + 1,
            previous=_address(at - 1) if at > 1 else None,
            following=_address(at + 1) if total > at * queries.PAGE_SIZE else None,
        )
    )


def _address(page: int) -> str:
    return f"{IMPORTS}?page={page}" if page > 1 else IMPORTS


@endpoint.get(f"{IMPORTS}/{{import_id:uuid}}", permission=Permission.IMPORT_PERFORMANCE)
async def show_import(ctx: PageRequest, import_id: UUID) -> PageResult:
    """Show one import and the rows that it left out."""
    here = ctx.person.authority_id
    one = await queries.import_with(ctx.session, here, import_id)
    await identify_requester(ctx.session, ctx.person)
    left_out = await queries.rows_left_out(ctx.session, here, import_id)
    return Page(
        ImportPage(one=one, left_out=left_out, table=TABLES[one.table_key], release=RELEASES[one.release])
    )


@endpoint.get(UPLOAD.path, permission=Permission.IMPORT_PERFORMANCE)
async def show_preview(ctx: PageRequest, upload_id: UUID) -> PageResult:
    """Show what the import of an uploaded file would change."""
    upload = await load_upload(ctx.session, ctx.person, Permission.IMPORT_PERFORMANCE, upload_id)
    try:
        preview = await read_upload(ctx.session, ctx.person, upload)
    except UnreadableTable as problem:
        return Page(PreviewPage(upload=upload, problem=str(problem)))
    measures = measures_of(settings_of(ctx.person.authority_id))
    return Page(
        PreviewPage(
            upload=upload,
            table=preview.table,
            plan=preview.plan,
            numbers=[(label, number) for label, number in summary_of(preview.table, preview.plan) if number],
            changes=[_change(one, measures) for one in preview.plan.changed[:SHOWN]],
        )
    )


def _change(one: PlannedFigure, measures: Mapping[str, Measure]) -> ChangedFigure:
    figure, live = one.figure, one.replaces
    measure = measures[figure.measure]
    before = "" if live is None else show_figure(measure.unit, live.status, live.value)
    after = show_figure(measure.unit, figure.content.status, figure.content.value)
    return ChangedFigure(one.school_urn, measure.label, figure.academic_year, before, after)


def _offer_years(asked: FormRequest[None, UploadForm]) -> None:
    offer_years(asked.form.academic_year, academic_year(asked.person.today))


def is_urn(heading: str) -> bool:
    """Whether a heading is that of a column with URNs, so that the file may be the authority's own spreadsheet."""
    return "urn" in heading.lower().replace("_", " ").split()


async def _upload(asked: FormRequest[None, UploadForm]) -> PageResult:
    """Keep the file and show its preview; a file that cannot be imported is refused here."""
    form, sheet = asked.form, asked.file.checked_as(Sheet)
    chosen: dict[str, object] = {
        "filename": sheet.filename[-200:],
        "academic_year": form.academic_year.data or None,
        "release": form.release.data or None,
        "as_at": form.as_at.data,
        "source": form.source.data or "",
        "retrieved_on": form.retrieved_on.data,
        "sheet": packed(sheet),
    }
    upload_id = await keep_upload(asked.session, asked.person, chosen)
    upload = await queries.upload_with(asked.session, asked.person.authority_id, upload_id)
    try:
        await read_upload(asked.session, asked.person, upload)
    except UnreadableTable as problem:
        if isinstance(problem, UnknownTable) and any(is_urn(one) for one in sheet.headings):
            return Redirect(f"{UPLOAD.url(upload)}/columns")
        raise ValidationFailed({"file": [str(problem)]}) from problem
    return Redirect(UPLOAD.url(upload))


IMPORT: FormAction[None, UploadForm] = FormAction(
    name="upload_table",
    resource=list_resource(IMPORTS),
    slug="new",
    permission=Permission.IMPORT_PERFORMANCE,
    title="Import a table",
    undo="discard_upload",
    submit="Preview import",
    form=UploadForm,
    choices=_offer_years,
    upload=Upload("file", LARGEST, read_sheet),
    template="performance/upload.html",
    run=_upload,
)


class ConfirmationForm(Form):
    """The digest of the preview that is confirmed."""

    digest = HiddenField()


async def _confirm(asked: FormRequest[WaitingUpload, ConfirmationForm]) -> PageResult:
    upload = asked.record
    try:
        preview = await read_upload(asked.session, asked.person, upload)
    except UnreadableTable as problem:
        raise ActionRefused(str(problem)) from problem
    if preview.plan.digest != asked.form.digest.data:
        raise ActionRefused(CHANGED_MEANWHILE)
    import_id = await apply_import(
        asked.session,
        asked.person,
        preview.table,
        preview.schools,
        origin=Origin(upload.source, upload.retrieved_on),
    )
    await empty_upload(asked.session, asked.person, upload.id)
    if import_id is None:
        return Redirect(IMPORTS, "Everything in this file is stored already. Nothing was changed.")
    return Redirect(f"{IMPORTS}/{import_id}", f"{format_count(preview.table.rows_used, 'row')} imported.")


CONFIRM: FormAction[WaitingUpload, ConfirmationForm] = FormAction(
    name="confirm_import",
    resource=UPLOAD,
    slug="confirmation",
    form_slug=None,
    title="Import a table",
    intro=IMPORT_INTRO,
    form=ConfirmationForm,
    permission=Permission.IMPORT_PERFORMANCE,
    run=_confirm,
)
DISCARD = ButtonAction(
    name="discard_upload",
    resource=UPLOAD,
    slug="discard",
    permission=Permission.IMPORT_PERFORMANCE,
    then=lambda _: IMPORTS,
    undo="upload_table",
    said="The file is discarded. Nothing was imported.",
    run=lambda asked: empty_upload(asked.session, asked.person, asked.record.id),
)
routes = [list_imports, *IMPORT.routes(), show_import, show_preview, *routes_of((CONFIRM, DISCARD))]
