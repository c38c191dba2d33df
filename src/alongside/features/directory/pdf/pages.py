"""The route of an entry's PDF."""

from uuid import UUID

from alongside.features.authorities.settings_cache import settings_of
from alongside.features.directory.pdf.context import paper_values
from alongside.features.directory.queries import get_entry
from alongside.platform.access.permissions import Permission
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.pdf import MEDIA_TYPE, pdf
from alongside.platform.web.responses import ContinueAfterCommit, Download, PageResult
from alongside.platform.web.routing import endpoint


@endpoint.get("/directory/{entry_id:uuid}/pdf", permission=Permission.VIEW_ENTRY, expensive=True)
async def print_entry(ctx: PageRequest, entry_id: UUID) -> PageResult:
    """Serve the entry as a PDF, rendered after the transaction has ended."""
    entry = await get_entry(ctx.session, ctx.person, Permission.VIEW_ENTRY, entry_id)
    address = f"{ctx.request.headers.get('host', '')}/directory/{entry_id}"
    values = paper_values(entry, settings_of(ctx.person.authority_id), address, ctx.person.today)

    async def printed() -> PageResult:
        return Download(await pdf("directory/entry.typ", values), f"good-practice-{entry_id}.pdf", MEDIA_TYPE)

    return ContinueAfterCommit(printed, expensive=True)


routes = [print_entry]
