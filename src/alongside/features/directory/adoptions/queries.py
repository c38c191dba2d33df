"""SELECTs about the schools that use an entry and their answers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.adoptions.models import EntryAdoption
from alongside.features.schools.models import School
from alongside.platform.access.principal import Principal

USES: Any = (
    select(
        EntryAdoption.school_urn,
        EntryAdoption.worked,
        EntryAdoption.notes,
        EntryAdoption.said_at,
        School.name.label("school"),
    )
    .join(
        School, (School.authority_id == EntryAdoption.authority_id) & (School.urn == EntryAdoption.school_urn)
    )
    .where(
        EntryAdoption.authority_id == bindparam("authority_id"),
        EntryAdoption.entry_id == bindparam("entry_id"),
    )
    .order_by(EntryAdoption.said_at.desc(), EntryAdoption.school_urn)
    .limit(literal_column("50"))
)


async def uses_of(session: AsyncSession, person: Principal, entry: Any) -> Sequence[Row[Any]]:
    """The schools that use an entry with their answers, newest first, 50 at most.

    The caller has checked access to the entry.
    """
    values = {"authority_id": person.authority_id, "entry_id": entry.id}
    found: Sequence[Row[Any]] = (await session.execute(USES, values)).all()
    return found


async def own_use(session: AsyncSession, person: Principal, entry: Any) -> Row[Any] | None:
    """The answer of this person's school about an entry, or None."""
    statement = USES.where(EntryAdoption.school_urn == person.school_urn)
    values = {"authority_id": person.authority_id, "entry_id": entry.id}
    found: Row[Any] | None = (await session.execute(statement, values)).one_or_none()
    return found
