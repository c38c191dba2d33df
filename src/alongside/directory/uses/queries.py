"""Who uses an entry, and what they say."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.directory.use import EntryUse
from alongside.schools.model import School

USES: Any = (
    select(
        EntryUse.school_urn, EntryUse.worked, EntryUse.notes, EntryUse.said_at, School.name.label("school")
    )
    .join(School, (School.authority_id == EntryUse.authority_id) & (School.urn == EntryUse.school_urn))
    .where(EntryUse.authority_id == bindparam("authority_id"), EntryUse.entry_id == bindparam("entry_id"))
    .order_by(EntryUse.said_at.desc(), EntryUse.school_urn)
    .limit(literal_column("50"))
)


async def uses_of(session: AsyncSession, person: Person, entry: Any) -> Sequence[Row[Any]]:
    """The schools that use an entry and what they say, newest first, 50 at most; the entry is within reach."""
    values = {"authority_id": person.authority_id, "entry_id": entry.id}
    found: Sequence[Row[Any]] = (await session.execute(USES, values)).all()
    return found


async def own_use(session: AsyncSession, person: Person, entry: Any) -> Row[Any] | None:
    """What this person's school has said of an entry, if anything."""
    statement = USES.where(EntryUse.school_urn == person.school_urn)
    values = {"authority_id": person.authority_id, "entry_id": entry.id}
    found: Row[Any] | None = (await session.execute(statement, values)).one_or_none()
    return found
