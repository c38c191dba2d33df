"""Actions that add and remove attachments, and their download."""

from dataclasses import dataclass
from uuid import UUID

from alongside.errors import ValidationFailed
from alongside.features.escalations.access_log.actions import note_reading
from alongside.features.escalations.files import actions
from alongside.features.escalations.files.forms import FileForm
from alongside.features.escalations.files.queries import FILE, FILE_CONTENT
from alongside.features.escalations.models import OPEN_STATES
from alongside.features.escalations.queries import get_part
from alongside.features.escalations.resource import ESCALATION, REASON, resource_of_part, subject
from alongside.features.escalations.rows import EscalationRow
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.uploads.file_types import (
    DOCUMENTS_AND_PICTURES,
    FILE_TYPES,
    LARGEST_DOCUMENT,
    CheckedFile,
    check_document_or_picture,
    endings_of,
    labels_of,
)
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import ContinueAfterCommit, Download, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.uploads import Upload

WORK, SEE = Permission.CONTRIBUTE_TO_ESCALATION, Permission.VIEW_ESCALATION
SANDBOX = {"content-security-policy": "sandbox; default-src 'none'", "x-download-options": "noopen"}
"""Headers of a download: if a browser opens the file after all, the sandbox stops scripts and requests."""


@dataclass(frozen=True, kw_only=True)
class AttachmentContext(FormContext):
    """Which files are accepted: their kinds as text, the endings of their names, and the largest size in MB."""

    kinds: str
    accept: str
    largest: int


def _context(_: FormRequest[EscalationRow, FileForm]) -> AttachmentContext:
    return AttachmentContext(
        kinds=labels_of(DOCUMENTS_AND_PICTURES),
        accept=endings_of(DOCUMENTS_AND_PICTURES),
        largest=LARGEST_DOCUMENT // 1_000_000,
    )


async def _add(asked: FormRequest[EscalationRow, FileForm]) -> None:
    if asked.file_error:
        raise ValidationFailed({"file": [asked.file_error]})
    file, for_school = asked.file.checked_as(CheckedFile), bool(asked.form.for_school.data)
    content = file.kept(asked.file.content)
    await actions.add_file(*subject(asked), file, content, for_school=for_school)


ADD_FILE = FormAction(
    name="add_file",
    undo="remove_file",
    resource=ESCALATION,
    slug="files",
    form_slug="files/new",
    permission=WORK,
    states=OPEN_STATES,
    label="Add an attachment",
    submit="Add this attachment",
    form=FileForm,
    upload=Upload("file", LARGEST_DOCUMENT, check_document_or_picture),
    template="escalations/file.html",
    context=_context,
    said="The attachment is added.",
    run=_add,
)
REMOVE_FILE = FormAction(
    name="remove_file",
    resource=resource_of_part("/escalation-files/{file_id:uuid}", FILE, of_closed=True),
    slug="withdrawal",
    permission=WORK,
    relevant=lambda _, part: part.row.removed_at is None,
    label="Remove",
    about=lambda _, part: part.row.name,
    title="Remove this attachment",
    intro=lambda _, part: (
        f"The content of “{part.row.name}” is deleted and cannot be restored. Its name and your "
        "reason stay with the escalation."
    ),
    submit="Remove this attachment",
    warning=True,
    form=REASON,
    said="The attachment is removed.",
    run=lambda asked: actions.remove_file(*subject(asked), asked.form.note.data),
)


@endpoint.get("/escalation-files/{file_id:uuid}", permission=SEE)
async def take_file(ctx: PageRequest, file_id: UUID) -> PageResult:
    """Download an attachment; the access log entry is written first."""
    part = await get_part(ctx.session, ctx.person, SEE, FILE_CONTENT, file_id)
    file, row = part.row, part.escalation
    database = ctx.app.database
    answer = Download(file.content, file.name, FILE_TYPES[file.kind].media_type, SANDBOX)

    async def note_and_hand_over() -> PageResult:
        await note_reading(database, ctx.person, row.id, "file")
        return answer

    return ContinueAfterCommit(note_and_hand_over, in_turn=True)


routes = [*routes_of((ADD_FILE, REMOVE_FILE)), take_file]
