"""Entries for search tests: inserted without the forms, with the app's role and all triggers."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.models import DirectoryEntry
from alongside.platform.access.principal import Principal
from tests.databases import APP_DAY
from tests.personas import NORTHSHIRE, Persona

TODAY = APP_DAY
VERIFIED: Mapping[str, Any] = {
    "state": "verified",
    "verified_edition": 1,
    "reviewed_on": TODAY,
    "review_due_on": TODAY + timedelta(days=365),
    "visible_to_authority_from": TODAY,
}


async def insert_entry(session: AsyncSession, title: str = "An entry", **columns: Any) -> UUID:
    """A verified entry visible to the whole authority, unless the columns say otherwise; its id."""
    row = {"authority_id": NORTHSHIRE, "title": title} | dict(VERIFIED) | columns
    made = await session.execute(insert(DirectoryEntry).values(row).returning(DirectoryEntry.id))
    entry_id: UUID = made.scalar_one()
    return entry_id


async def insert_entries(session: AsyncSession, entries: Iterable[Mapping[str, Any]]) -> dict[UUID, str]:
    """Insert all of these entries; return their references by id."""
    names = {}
    for one in entries:
        columns = {key: value for key, value in one.items() if key != "reference"}
        names[await insert_entry(session, **columns)] = one["reference"]
    return names


def requester(one: Persona, consortium_schools: Iterable[int] = ()) -> Principal:
    """The principal of a person of the test data."""
    return Principal(
        authority_id=one.authority_id,
        role=one.role,
        today=TODAY,
        id=one.person_id,
        name=one.name,
        school_urn=one.school_urn,
        consortium_schools=frozenset(consortium_schools),
    )
