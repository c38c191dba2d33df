"""The address of an entry's paper."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities.registry import settings_of
from alongside.directory.paper.values import paper_values
from alongside.directory.queries import entry_to
from alongside.web.answers import AfterCommit, Answer, Download
from alongside.web.gate import page
from alongside.web.pdf import MEDIA_TYPE, pdf


@page.get("/directory/{entry_id:uuid}/paper", permission=Permission.SEE_ENTRY)
async def print_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """The entry as a PDF, made when the transaction is over."""
    entry = await entry_to(session, person, Permission.SEE_ENTRY, entry_id)
    address = f"{request.headers.get('host', '')}/directory/{entry_id}"
    values = paper_values(entry, settings_of(person.authority_id), address, person.today)

    async def printed() -> Answer:
        return Download(await pdf("directory/entry.typ", values), f"good-practice-{entry_id}.pdf", MEDIA_TYPE)

    return AfterCommit(printed, expensive=True)


routes = [print_entry]
