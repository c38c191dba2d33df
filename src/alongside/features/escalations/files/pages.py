"""Pages to add, download and remove attachments."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ValidationFailed
from alongside.features.escalations.access_log.access_log import logs_reading
from alongside.features.escalations.access_log.actions import note_reading
from alongside.features.escalations.available_actions import ActionForm, action_form_page, attach_errors
from alongside.features.escalations.files import actions
from alongside.features.escalations.files.forms import FileForm
from alongside.features.escalations.files.queries import file_to
from alongside.features.escalations.queries import get_escalation
from alongside.features.escalations.state_changes.forms import NoteForm
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.uploads.file_types import (
    DOCUMENTS_AND_PICTURES,
    FILE_TYPES,
    LARGEST_DOCUMENT,
    check_document_or_picture,
    endings_of,
    labels_of,
)
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import ContinueAfterCommit, Download, Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint, prepared
from alongside.platform.web.uploads import Upload, UploadedFile

WORK, SEE = Permission.CONTRIBUTE_TO_ESCALATION, Permission.VIEW_ESCALATION
FILE = Upload("file", LARGEST_DOCUMENT, check_document_or_picture)

SANDBOX = {"content-security-policy": "sandbox; default-src 'none'", "x-download-options": "noopen"}
"""Headers of a download: if a browser opens the file after all, the sandbox stops scripts and requests."""

REMOVE = ActionForm(
    "files",
    "Take this attachment away",
    "Its content is gone for good. Its line stays with the escalation.",
    "Take it away",
    ("note",),
    warning=True,
)


@endpoint.get("/escalations/{escalation_id:uuid}/files/new", permission=WORK)
@logs_reading
async def choose_file(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Show the form to add an attachment."""
    return _form_page(await get_escalation(session, person, WORK, escalation_id), FileForm())


@endpoint.post("/escalations/{escalation_id:uuid}/files", permission=WORK, upload=FILE)
@logs_reading
async def add_file(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Add an attachment."""
    row = await get_escalation(session, person, WORK, escalation_id)
    form = FileForm(await read_form_data(request))
    file: UploadedFile | str = prepared(request)
    try:
        if isinstance(file, str):
            raise ValidationFailed({"file": [file]})
        for_school = bool(form.for_school.data)
        await actions.add_file(
            session, person, escalation_id, file.checked, file.content, for_school=for_school
        )
    except ValidationFailed as problem:
        attach_errors(form, problem)
        return _form_page(row, form, 422)
    return Redirect(f"/escalations/{escalation_id}", "The attachment is kept.")


@endpoint.get("/escalation-files/{file_id:uuid}", permission=SEE)
async def take_file(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, file_id: UUID
) -> PageResult:
    """Download an attachment; the access log entry is written first."""
    file, row = await file_to(session, person, SEE, file_id, content=True)
    database = request.app.state.app_context.database
    answer = Download(bytes(file.content), file.name, FILE_TYPES[file.kind].media_type, SANDBOX)

    async def note_and_hand_over() -> PageResult:
        await note_reading(database, person, row.id, "file")
        return answer

    return ContinueAfterCommit(note_and_hand_over)


@endpoint.get("/escalation-files/{file_id:uuid}/withdrawal", permission=WORK)
@logs_reading
async def ask_why_removed(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, file_id: UUID
) -> PageResult:
    """Ask for the reason before an attachment is removed."""
    file, row = await file_to(session, person, WORK, file_id)
    return action_form_page(row, REMOVE, NoteForm(), where=f"/escalation-files/{file.id}/withdrawal")


@endpoint.post("/escalation-files/{file_id:uuid}/withdrawal", permission=WORK)
@logs_reading
async def remove_file(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, file_id: UUID
) -> PageResult:
    """Remove an attachment, with a reason."""
    file, row = await file_to(session, person, WORK, file_id)
    form = NoteForm(await read_form_data(request))
    if not form.is_valid():
        return action_form_page(
            row, REMOVE, form, status=422, where=f"/escalation-files/{file.id}/withdrawal"
        )
    await actions.remove_file(session, person, file_id, form.note.data or "")
    return Redirect(f"/escalations/{row.id}", "The attachment is taken away.")


def _form_page(row: Any, form: FileForm, status: int = 200) -> Page:
    context = {
        "escalation": row,
        "form": form,
        "kinds": labels_of(DOCUMENTS_AND_PICTURES),
        "accept": endings_of(DOCUMENTS_AND_PICTURES),
        "largest": LARGEST_DOCUMENT // 1_000_000,
    }
    return Page("escalations/file.html", context, status=status)


routes = [choose_file, add_file, take_file, ask_why_removed, remove_file]
