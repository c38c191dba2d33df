"""SELECTs for an import (existing entries, open schools) and for an export."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.entry import Entry
from alongside.features.directory.import_export.row_results import ExistingEntries
from alongside.features.directory.models import LISTED, DirectoryEntry
from alongside.features.directory.queries import ENTRY_WITH_SCHOOL
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.database.reads import Read, fetch_all


def _title(school_urn: int | None, title: str) -> tuple[int, str]:
    return school_urn or 0, title


TITLES = Read(
    select(DirectoryEntry.school_urn, func.folded(DirectoryEntry.title)).where(
        DirectoryEntry.authority_id == bindparam("authority_id"), DirectoryEntry.state != "archived"
    ),
    _title,
)
SOURCES = Read(
    select(DirectoryEntry.source_url).where(
        DirectoryEntry.authority_id == bindparam("authority_id"),
        DirectoryEntry.state != "archived",
        DirectoryEntry.source_url != "",
    ),
    str,
)
SCHOOLS = Read(
    select(School.urn).where(
        School.authority_id == bindparam("authority_id"),
        School.status == any_(bindparam("open", list(OPEN_STATUSES), type_=ARRAY(Text))),
    ),
    int,
)
WHOLE = ENTRY_WITH_SCHOOL.where(
    DirectoryEntry.state == any_(bindparam("listed", list(LISTED), type_=ARRAY(Text)))
)
BY_IDS = Read(WHOLE.where(DirectoryEntry.id == any_(bindparam("ids", type_=ARRAY(Uuid)))), Entry)
ALL = Read(WHOLE.order_by(DirectoryEntry.listed_at, DirectoryEntry.id).limit(literal_column("20000")), Entry)


async def open_urns(session: AsyncSession, authority_id: int) -> frozenset[int]:
    """The URNs of the schools that may have entries."""
    return frozenset(await fetch_all(session, SCHOOLS, {"authority_id": authority_id}))


async def existing_rows(session: AsyncSession, authority_id: int) -> ExistingEntries:
    """The existing entries, by which an import recognises a row that is already there."""
    values = {"authority_id": authority_id}
    titles = await fetch_all(session, TITLES, values)
    return ExistingEntries(frozenset(titles), frozenset(await fetch_all(session, SOURCES, values)))


async def whole_entries(
    session: AsyncSession, authority_id: int, ids: Sequence[UUID] | None = None
) -> list[Entry]:
    """Listed entries with all columns, in the order of the ids; without ids all of the authority, 20,000 at most.

    The caller has checked access to the ids.
    """
    if ids is None:
        return await fetch_all(session, ALL, {"authority_id": authority_id})
    values = {"authority_id": authority_id, "ids": list(ids)}
    by_id = {row.id: row for row in await fetch_all(session, BY_IDS, values)}
    return [by_id[one] for one in ids if one in by_id]
