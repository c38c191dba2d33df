"""SELECTs for the feeds: public entries, newest first, page by page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.directory.public_site.models import PublicEntry
from alongside.features.directory.public_site.queries import is_open

A_PAGE = 50
PUBLIC: Any = (
    select(*PublicEntry.__table__.columns)
    .where(PublicEntry.authority_id == bindparam("authority_id"))
    .order_by(PublicEntry.listed_at.desc(), PublicEntry.id.desc())
    .limit(literal_column(str(A_PAGE + 1)))
    .offset(bindparam("skipped"))
)


async def whole_public_entries(
    session: AsyncSession, authority_id: int, page: int
) -> tuple[Sequence[Row[Any]], bool]:
    """A page (from 1) of public entries, newest first, and whether more follow.

    Raises NotFound where nothing is public.
    """
    if not is_open(authority_id):
        raise NotFound
    values = {"authority_id": authority_id, "skipped": (page - 1) * A_PAGE}
    found = (await session.execute(PUBLIC, values)).all()
    return found[:A_PAGE], len(found) > A_PAGE
