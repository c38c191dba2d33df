"""SELECTs for the feeds: public entries, newest first, page by page."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.directory.public_site.queries import PUBLIC, PublicText, is_open, newest_first
from alongside.platform.database.reads import Read, fetch_all

A_PAGE = 50
NEWEST = Read(newest_first(PUBLIC, A_PAGE), PublicText)


async def whole_public_entries(
    session: AsyncSession, authority_id: int, page: int
) -> tuple[list[PublicText], bool]:
    """A page (from 1) of public entries, newest first, and whether more follow.

    Raises NotFound where nothing is public.
    """
    if not is_open(authority_id):
        raise NotFound
    values = {"authority_id": authority_id, "skipped": (page - 1) * A_PAGE}
    found = await fetch_all(session, NEWEST, values)
    return found[:A_PAGE], len(found) > A_PAGE
