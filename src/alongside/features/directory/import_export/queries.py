"""SELECTs for an import (existing entries, open schools) and for an export."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.import_export.row_results import ExistingEntries
from alongside.features.directory.models import LISTED, DirectoryEntry
from alongside.features.schools.models import OPEN_STATUSES, School

TITLES: Any = select(DirectoryEntry.school_urn, func.folded(DirectoryEntry.title)).where(
    DirectoryEntry.authority_id == bindparam("authority_id"), DirectoryEntry.state != "archived"
)
SOURCES: Any = select(DirectoryEntry.source_url).where(
    DirectoryEntry.authority_id == bindparam("authority_id"),
    DirectoryEntry.state != "archived",
    DirectoryEntry.source_url != "",
)
SCHOOLS = select(School.urn).where(
    School.authority_id == bindparam("authority_id"), School.status.in_(OPEN_STATUSES)
)
WHOLE: Any = select(*DirectoryEntry.__table__.columns).where(
    DirectoryEntry.authority_id == bindparam("authority_id"), DirectoryEntry.state.in_(LISTED)
)
BY_IDS = WHOLE.where(DirectoryEntry.id.in_(bindparam("ids", expanding=True)))
ALL = WHOLE.order_by(DirectoryEntry.listed_at, DirectoryEntry.id).limit(literal_column("20000"))


async def open_urns(session: AsyncSession, authority_id: int) -> frozenset[int]:
    """The URNs of the schools that may have entries."""
    return frozenset((await session.scalars(SCHOOLS, {"authority_id": authority_id})).all())


async def existing_rows(session: AsyncSession, authority_id: int) -> ExistingEntries:
    """The existing entries, by which an import recognises a row that is already there."""
    values = {"authority_id": authority_id}
    titles = (await session.execute(TITLES, values)).all()
    sources = (await session.scalars(SOURCES, values)).all()
    return ExistingEntries(frozenset((urn or 0, title) for urn, title in titles), frozenset(sources))


async def whole_entries(
    session: AsyncSession, authority_id: int, ids: Sequence[UUID] | None = None
) -> Sequence[Row[Any]]:
    """Listed entries with all columns, in the order of the ids; without ids all of the authority, 20,000 at most.

    The caller has checked access to the ids.
    """
    if ids is None:
        found: Sequence[Row[Any]] = (await session.execute(ALL, {"authority_id": authority_id})).all()
        return found
    values = {"authority_id": authority_id, "ids": list(ids)}
    by_id = {row.id: row for row in (await session.execute(BY_IDS, values)).all()}
    return [by_id[one] for one in ids if one in by_id]
