"""The pages of who reads a case: naming a reader, the log, and who has it open just now."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import ROLE_NAMES, Person
from alongside.errors import Invalid
from alongside.escalations.acts import blame_all
from alongside.escalations.queries import case_to
from alongside.escalations.reading import actions, queries
from alongside.escalations.reading.access_log import logs_reading
from alongside.escalations.reading.forms import ReaderForm
from alongside.web.answers import AfterCommit, Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import Typed, asked, typed

HANDLE = Permission.HANDLE_CASE
PARTS = {
    "case": "The case",
    "file": "An attachment",
    "pdf": "The case file",
    "notes": "Officers’ notes",
    "export": "An export",
}


@page.get("/cases/{case_id:uuid}/readers", permission=HANDLE)
@logs_reading
async def show_readers(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Who was named to read a case, a form to name another, and who has read it."""
    return await _page(session, person, case_id, None)


@page.post("/cases/{case_id:uuid}/readers", permission=HANDLE)
@logs_reading
async def name_reader(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Name somebody of the board to read one case."""
    written = await typed(request)
    answer = await _page(session, person, case_id, written)
    form = answer.context["form"]
    if not form.holds():
        return answer
    try:
        await actions.name_reader(session, person, case_id, UUID(form.person_id.data), form.seat.data or "")
    except Invalid as problem:
        blame_all(form, problem)
        return answer
    return SeeOther(f"/cases/{case_id}/readers", "They can read the case now, and have been told.")


@page.post("/cases/{case_id:uuid}/readers/{reader_id:uuid}/end", permission=HANDLE)
@logs_reading
async def end_reader(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID, reader_id: UUID
) -> Answer:
    """Let somebody who was named read this case no more."""
    await actions.end_reader(session, person, case_id, reader_id)
    return SeeOther(f"/cases/{case_id}/readers", "They read this case no more.")


@page.get("/cases/{case_id:uuid}/presence", permission=HANDLE, by_itself=True)
async def show_presence(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Which colleagues have the case open, and whether one has acted since this page was shown."""
    row = await case_to(session, person, HANDLE, case_id)
    since = asked(request).one("version")
    shown = int(since) if since.isascii() and since.isdecimal() and len(since) <= 9 else row.version
    context = {"case": row, "present": await queries.present_at(session, person, case_id), "shown": shown}
    answer = Page("cases/_presence.html", context)
    database = request.app.state.house.database

    async def stay_and_show() -> Answer:
        await actions.note_presence(database, person, case_id)
        return answer

    return AfterCommit(stay_and_show)


async def _page(session: AsyncSession, person: Person, case_id: UUID, written: Typed | None) -> Page:
    row = await case_to(session, person, HANDLE, case_id)
    form = ReaderForm(written)
    form.offer(await queries.people_to_name(session, person))
    context = {
        "case": row,
        "form": form,
        "readers": await queries.readers_of(session, person, case_id),
        "readings": await queries.readings_of(session, person, case_id),
        "ROLES": {role.value: name for role, name in ROLE_NAMES.items()},
        "PARTS": PARTS,
    }
    return Page("cases/readers.html", context, status=200 if written is None else 422)


routes = [show_readers, name_reader, end_reader, show_presence]
