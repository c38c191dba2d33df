"""Queries of watched schools: one school as this person sees it, their list, and who must be told."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import DateTime, Integer, Uuid, bindparam, exists, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.schools.models import LARGEST_URN, School
from alongside.features.watched_schools.models import WatchedSchool
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all, fetch_one

MOST = 50
"""Schools that a person may watch in one role."""

BATCH = 200
"""People in one run of the daily job."""

AUTHORITY = bindparam("authority_id", type_=Integer)
ROLE_ASSIGNMENT = bindparam("role_assignment_id", type_=Uuid)


class WatchableSchool(msgspec.Struct, frozen=True):
    """A school, and whether this person watches it."""

    urn: int
    name: str
    watched: bool


class WatchedRow(msgspec.Struct, frozen=True):
    """A school that this person watches."""

    urn: int
    name: str
    checked_until: datetime


class Watcher(msgspec.Struct, frozen=True):
    """A person who watches schools in one role."""

    person_id: UUID
    role_assignment_id: UUID


_OWN = (
    WatchedSchool.authority_id == AUTHORITY,
    WatchedSchool.role_assignment_id == ROLE_ASSIGNMENT,
)
ONE = Read(
    select(
        School.urn,
        School.name,
        exists(
            select(literal_column("1"))
            .select_from(WatchedSchool)
            .where(*_OWN, WatchedSchool.school_urn == School.urn)
        ).label("watched"),
    ).where(School.authority_id == AUTHORITY, School.urn == bindparam("urn", type_=Integer)),
    WatchableSchool,
)
WATCHED = Read(
    select(School.urn, School.name, WatchedSchool.checked_until)
    .join(
        School,
        (School.authority_id == WatchedSchool.authority_id) & (School.urn == WatchedSchool.school_urn),
    )
    .where(*_OWN)
    .order_by(School.name, School.urn)
    .limit(literal_column(str(MOST))),
    WatchedRow,
)
TO_CHECK = Read(
    select(WatchedSchool.person_id, WatchedSchool.role_assignment_id)
    .where(
        WatchedSchool.authority_id == AUTHORITY,
        WatchedSchool.checked_until < bindparam("until", type_=DateTime(timezone=True)),
    )
    .group_by(WatchedSchool.person_id, WatchedSchool.role_assignment_id)
    .order_by(WatchedSchool.role_assignment_id)
    .limit(literal_column(str(BATCH))),
    Watcher,
)


def own_values(person: Principal) -> dict[str, object]:
    """Return the parameters of `WATCHED` for this person."""
    return {"authority_id": person.authority_id, "role_assignment_id": person.role_assignment_id}


async def watchable_school(
    session: AsyncSession, person: Principal, permission: Permission, urn: int
) -> WatchableSchool:
    """Return a school and whether this person watches it. Raises NotFound."""
    require(person, permission, urn)
    if not 0 < urn <= LARGEST_URN:
        raise NotFound
    found = await fetch_one(session, ONE, own_values(person) | {"urn": urn})
    if found is None:
        raise NotFound
    return found


async def watched_schools(session: AsyncSession, person: Principal) -> list[WatchedRow]:
    """Return the schools that this person watches in this role, by name."""
    return await fetch_all(session, WATCHED, own_values(person))


async def watchers_to_check(session: AsyncSession, authority_id: int, until: datetime) -> list[Watcher]:
    """Return people whose schools were not looked at until this time, at most BATCH."""
    return await fetch_all(session, TO_CHECK, {"authority_id": authority_id, "until": until})
