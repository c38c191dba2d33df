"""SELECTs for the stored versions of an entry."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.directory.versions.models import EntryVersion
from alongside.features.people.models import Person
from alongside.platform.access.principal import Principal

VERSIONS: Any = (
    select(EntryVersion.edition, EntryVersion.written_at, Person.name.label("writer"))
    .outerjoin(
        Person,
        (Person.authority_id == EntryVersion.authority_id) & (Person.id == EntryVersion.written_by),
    )
    .where(
        EntryVersion.authority_id == bindparam("authority_id"), EntryVersion.entry_id == bindparam("entry_id")
    )
    .order_by(EntryVersion.edition.desc())
    .limit(literal_column("200"))
)
ONE_VERSION = VERSIONS.add_columns(EntryVersion.written).where(EntryVersion.edition == bindparam("edition"))


async def versions_of(session: AsyncSession, person: Principal, entry: Any) -> Sequence[Row[Any]]:
    """The versions of an entry, newest first, 200 at most: number, time and author."""
    values = {"authority_id": person.authority_id, "entry_id": entry.id}
    found: Sequence[Row[Any]] = (await session.execute(VERSIONS, values)).all()
    return found


async def version_to(session: AsyncSession, person: Principal, entry: Any, edition: int) -> Row[Any]:
    """One version of an entry with its text. Raises NotFound."""
    values = {"authority_id": person.authority_id, "entry_id": entry.id, "edition": edition}
    found: Row[Any] | None = (await session.execute(ONE_VERSION, values)).one_or_none()
    if found is None:
        raise NotFound
    return found
