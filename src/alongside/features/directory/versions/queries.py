"""SELECTs for the stored versions of an entry."""

from datetime import datetime

import msgspec
from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.directory.entry import Entry
from alongside.features.directory.versions.models import EntryVersion
from alongside.features.people.models import Person
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all, fetch_one


class Version(msgspec.Struct, frozen=True):
    """A stored text of an entry: its number, time and writer."""

    edition: int
    written_at: datetime
    writer: str | None


class VersionText(Version, frozen=True):
    """The same with the text: its values by the name of the field."""

    written: dict[str, object]


_VERSIONS = (
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
VERSIONS = Read(_VERSIONS, Version)
ONE_VERSION = Read(
    _VERSIONS.add_columns(EntryVersion.written).where(EntryVersion.edition == bindparam("edition")),
    VersionText,
)


async def versions_of(session: AsyncSession, person: Principal, entry: Entry) -> list[Version]:
    """The versions of an entry, newest first, 200 at most: number, time and author."""
    values = {"authority_id": person.authority_id, "entry_id": entry.id}
    return await fetch_all(session, VERSIONS, values)


async def version_to(session: AsyncSession, person: Principal, entry: Entry, edition: int) -> VersionText:
    """One version of an entry with its text. Raises NotFound."""
    values = {"authority_id": person.authority_id, "entry_id": entry.id, "edition": edition}
    found = await fetch_one(session, ONE_VERSION, values)
    if found is None:
        raise NotFound
    return found
