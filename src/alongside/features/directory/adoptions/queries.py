"""SELECTs about the schools that use an entry and their answers."""

from datetime import datetime

import msgspec
from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.adoptions.models import EntryAdoption
from alongside.features.directory.entry import Entry
from alongside.features.schools.models import School
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all, fetch_one


class Use(msgspec.Struct, frozen=True):
    """A school that uses an entry, and whether it worked there."""

    school_urn: int
    worked: str
    notes: str
    said_at: datetime
    school: str


_USES = (
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
USES = Read(_USES, Use)
OWN_USE = Read(_USES.where(EntryAdoption.school_urn == bindparam("school_urn")), Use)


async def uses_of(session: AsyncSession, person: Principal, entry: Entry) -> list[Use]:
    """The schools that use an entry with their answers, newest first, 50 at most.

    The caller has checked access to the entry.
    """
    values = {"authority_id": person.authority_id, "entry_id": entry.id}
    return await fetch_all(session, USES, values)


async def own_use(session: AsyncSession, person: Principal, entry: Entry) -> Use | None:
    """The answer of this person's school about an entry, or None."""
    values = {"authority_id": person.authority_id, "entry_id": entry.id, "school_urn": person.school_urn}
    return await fetch_one(session, OWN_USE, values)
