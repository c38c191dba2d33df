"""The case file as PDF."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import NotThere
from alongside.escalations.paper.contents import contents_of
from alongside.escalations.queries import case_to
from alongside.escalations.reading.actions import note_reading
from alongside.escalations.seats import may_case
from alongside.web.answers import AfterCommit, Answer, Download
from alongside.web.gate import page
from alongside.web.pdf import MEDIA_TYPE, pdf
from alongside.web.typed import asked


@page.get("/cases/{case_id:uuid}/case-file.pdf", permission=Permission.SEE_CASE)
async def print_case(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """The case file; with `?notes=with` officers' notes too, for whom may read them. Written down as read."""
    row = await case_to(session, person, Permission.SEE_CASE, case_id)
    with_notes = asked(request).one("notes") == "with"
    if with_notes and not may_case(person, Permission.SEE_OFFICERS_NOTES, row):
        raise NotThere
    values = await contents_of(session, person, row, with_notes=with_notes, now=datetime.now(UTC))
    database = request.app.state.house.database

    async def note_and_print() -> Answer:
        await note_reading(database, person, case_id, "notes" if with_notes else "pdf")
        paper = await pdf("cases/case_file.typ", values)
        return Download(paper, f"case-file-{row.school_urn}-{row.raised_at:%Y-%m-%d}.pdf", MEDIA_TYPE)

    return AfterCommit(note_and_print, expensive=True)


routes = [print_case]
