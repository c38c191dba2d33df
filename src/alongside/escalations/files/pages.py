"""The pages of attachments: added by a form, kept as what their content is, served as downloads only."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid
from alongside.escalations.acts import Asked, act_page, blame_all
from alongside.escalations.files import actions
from alongside.escalations.files.forms import FileForm
from alongside.escalations.files.kinds import KINDS, kind_of
from alongside.escalations.files.model import LARGEST
from alongside.escalations.files.queries import file_to
from alongside.escalations.handling.forms import NoteForm
from alongside.escalations.queries import case_to
from alongside.escalations.reading.access_log import logs_reading
from alongside.escalations.reading.actions import note_reading
from alongside.web.answers import AfterCommit, Answer, Download, Page, SeeOther
from alongside.web.gate import page, prepared
from alongside.web.house import House
from alongside.web.typed import typed
from alongside.web.uploads import sent_file

WORK, SEE = Permission.WORK_ON_CASE, Permission.SEE_CASE
AROUND = 100_000
"""Bytes that the rest of a form may have beside its file."""

SANDBOX = {"content-security-policy": "sandbox; default-src 'none'", "x-download-options": "noopen"}
"""What goes with a file that others brought: should a browser show it all the same, it can do nothing."""

REMOVE = Asked(
    "files",
    "Take this attachment away",
    "Its content is gone for good. Its line stays with the case.",
    "Take it away",
    ("note",),
    warning=True,
)


@page.get("/cases/{case_id:uuid}/files/new", permission=WORK)
@logs_reading
async def choose_file(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """An empty form for an attachment."""
    return _form_page(await case_to(session, person, WORK, case_id), FileForm())


async def _recognise(request: Request[Any, Any, Any], person: Person) -> str | None:
    """Which kind of file was sent, by its content; None for no file and for no kind that is taken."""
    brought = await sent_file(await typed(request), "file")
    house: House = request.app.state.house
    if brought is None or len(brought[1]) > LARGEST:
        return None
    try:
        return await house.pool.run(
            kind_of, brought[1], authority_id=person.authority_id, person_id=person.id
        )
    except ValueError:
        return None


@page.post("/cases/{case_id:uuid}/files", permission=WORK, largest=LARGEST + AROUND, prepare=_recognise)
@logs_reading
async def add_file(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Keep a file with a case."""
    row = await case_to(session, person, WORK, case_id)
    written = await typed(request)
    form = FileForm(written)
    brought = await sent_file(written, "file")
    if not form.holds(brought is not None) or brought is None:
        return _form_page(row, form, 422)
    for_school, kind = bool(form.for_school.data), prepared(request)
    try:
        await actions.add_file(session, person, case_id, *brought, kind=kind, for_school=for_school)
    except Invalid as problem:
        blame_all(form, problem)
        return _form_page(row, form, 422)
    return SeeOther(f"/cases/{case_id}", "The attachment is kept.")


@page.get("/case-files/{file_id:uuid}", permission=SEE)
async def take_file(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, file_id: UUID
) -> Answer:
    """An attachment to keep; the download is written down first."""
    file, row = await file_to(session, person, SEE, file_id, content=True)
    database = request.app.state.house.database
    answer = Download(bytes(file.content), file.name, KINDS[file.kind].media_type, SANDBOX)

    async def note_and_hand_over() -> Answer:
        await note_reading(database, person, row.id, "file")
        return answer

    return AfterCommit(note_and_hand_over)


@page.get("/case-files/{file_id:uuid}/withdrawal", permission=WORK)
@logs_reading
async def ask_why_removed(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, file_id: UUID
) -> Answer:
    """Ask for the reason before an attachment is taken away."""
    file, row = await file_to(session, person, WORK, file_id)
    return act_page(row, REMOVE, NoteForm(), where=f"/case-files/{file.id}/withdrawal")


@page.post("/case-files/{file_id:uuid}/withdrawal", permission=WORK)
@logs_reading
async def remove_file(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, file_id: UUID
) -> Answer:
    """Take an attachment away, with a reason."""
    file, row = await file_to(session, person, WORK, file_id)
    form = NoteForm(await typed(request))
    if not form.holds():
        return act_page(row, REMOVE, form, status=422, where=f"/case-files/{file.id}/withdrawal")
    await actions.remove_file(session, person, file_id, form.note.data or "")
    return SeeOther(f"/cases/{row.id}", "The attachment is taken away.")


def _form_page(row: Any, form: FileForm, status: int = 200) -> Page:
    kinds = ", ".join(kind.label for kind in KINDS.values())
    context = {"case": row, "form": form, "kinds": kinds, "largest": LARGEST // 1_000_000}
    return Page("cases/file.html", context, status=status)


routes = [choose_file, add_file, take_file, ask_why_removed, remove_file]
