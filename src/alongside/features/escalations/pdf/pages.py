"""Download of the escalation file as PDF."""

from datetime import UTC, datetime
from uuid import UUID

from alongside.errors import NotFound
from alongside.features.escalations.access_log.actions import note_reading
from alongside.features.escalations.access_policy import may_escalation
from alongside.features.escalations.pdf.contents import contents_of
from alongside.features.escalations.queries import get_escalation
from alongside.platform.access.permissions import Permission
from alongside.platform.web.formatting import format_iso_date
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.pdf import MEDIA_TYPE, pdf
from alongside.platform.web.responses import ContinueAfterCommit, Download, PageResult
from alongside.platform.web.routing import endpoint


@endpoint.get(
    "/escalations/{escalation_id:uuid}/escalation.pdf", permission=Permission.VIEW_ESCALATION, expensive=True
)
async def print_escalation(ctx: PageRequest, escalation_id: UUID) -> PageResult:
    """Download the escalation file; `?notes=with` adds officers' notes for those who may read them. Logged as
    read.
    """
    row = await get_escalation(ctx.session, ctx.person, Permission.VIEW_ESCALATION, escalation_id)
    with_notes = ctx.query.one("notes") == "with"
    if with_notes and not may_escalation(ctx.person, Permission.VIEW_OFFICER_NOTES, row):
        raise NotFound
    values = await contents_of(ctx.session, ctx.person, row, with_notes=with_notes, now=datetime.now(UTC))
    database = ctx.app.database

    async def note_and_print() -> PageResult:
        await note_reading(database, ctx.person, escalation_id, "notes" if with_notes else "pdf")
        paper = await pdf("escalations/escalation_file.typ", values)
        return Download(
            paper, f"escalation-file-{row.school_urn}-{format_iso_date(row.raised_at)}.pdf", MEDIA_TYPE
        )

    return ContinueAfterCommit(note_and_print, expensive=True)


routes = [print_escalation]
