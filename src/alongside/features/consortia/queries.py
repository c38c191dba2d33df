"""Queries for consortia and their members on a given day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Integer,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.consortia.models import Consortium, ConsortiumMembership
from alongside.features.schools.models import School
from alongside.platform.database.kept import Kept
from alongside.platform.database.reads import Read, fetch_all

AUTHORITY: BindParameter[int] = bindparam("authority_id")


def in_force(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """SQL condition that a membership is current on a day (`ends_on` itself is excluded)."""
    membership = ConsortiumMembership
    return and_(
        membership.starts_on <= day,
        or_(membership.ends_on.is_(None), membership.ends_on > day),
    )


_NAMED = Consortium.__table__.c


class ConsortiumName(msgspec.Struct, frozen=True):
    """A consortium as a choice."""

    id: UUID
    name: str


NAMES = Read(
    select(_NAMED.id, _NAMED.name)
    .where(_NAMED.authority_id == AUTHORITY, _NAMED.ended_on.is_(None))
    .order_by(_NAMED.phase, _NAMED.name)
    .limit(literal_column("200")),
    ConsortiumName,
)
_names: Kept[list[ConsortiumName]] = Kept()


class ConsortiumRow(msgspec.Struct, frozen=True):
    """A consortium with the number of its members today."""

    id: UUID
    key: str
    name: str
    phase: str
    ended_on: date | None
    members: int


class MemberSchool(msgspec.Struct, frozen=True):
    """A member of a consortium, and since when."""

    urn: int
    name: str
    phase: str
    kind: str
    status: str
    starts_on: date


class Membership(msgspec.Struct, frozen=True):
    """A school's membership of a consortium, for one phase."""

    id: UUID
    school_urn: int
    phase: str
    starts_on: date
    consortium_id: UUID
    key: str
    name: str


CONSORTIA = Read(
    select(
        Consortium.id,
        Consortium.key,
        Consortium.name,
        Consortium.phase,
        Consortium.ended_on,
        func.count(ConsortiumMembership.id).label("members"),
    )
    .outerjoin(
        ConsortiumMembership,
        and_(
            ConsortiumMembership.authority_id == Consortium.authority_id,
            ConsortiumMembership.consortium_id == Consortium.id,
            in_force(bindparam("today")),
        ),
    )
    .where(Consortium.authority_id == AUTHORITY)
    .group_by(Consortium.authority_id, Consortium.id)
    .order_by(Consortium.phase, Consortium.name)
    .limit(literal_column("200")),
    ConsortiumRow,
)

MEMBERS = Read(
    select(School.urn, School.name, School.phase, School.kind, School.status, ConsortiumMembership.starts_on)
    .join(
        School,
        and_(
            School.authority_id == ConsortiumMembership.authority_id,
            School.urn == ConsortiumMembership.school_urn,
        ),
    )
    .where(
        ConsortiumMembership.authority_id == AUTHORITY,
        ConsortiumMembership.consortium_id == bindparam("consortium_id"),
        in_force(bindparam("today")),
    )
    .order_by(School.name, School.urn)
    .limit(literal_column("1000")),
    MemberSchool,
)

MEMBERSHIPS = Read(
    select(
        ConsortiumMembership.id,
        ConsortiumMembership.school_urn,
        ConsortiumMembership.phase,
        ConsortiumMembership.starts_on,
        Consortium.id.label("consortium_id"),
        Consortium.key,
        Consortium.name,
    )
    .join(
        Consortium,
        and_(
            Consortium.authority_id == ConsortiumMembership.authority_id,
            Consortium.id == ConsortiumMembership.consortium_id,
        ),
    )
    .where(
        ConsortiumMembership.authority_id == AUTHORITY,
        ConsortiumMembership.school_urn == any_(bindparam("urns", type_=ARRAY(Integer))),
        in_force(bindparam("today")),
    )
    .order_by(ConsortiumMembership.school_urn, ConsortiumMembership.phase),
    Membership,
)


async def consortia_of(session: AsyncSession, authority_id: int, today: date) -> list[ConsortiumRow]:
    """All consortia with the number of their members today; ended ones have `ended_on`."""
    return await fetch_all(session, CONSORTIA, {"authority_id": authority_id, "today": today})


async def consortium_names(session: AsyncSession, authority_id: int) -> list[ConsortiumName]:
    """The id and name of the consortia that have not ended, as choices; kept for some seconds."""
    return await _names.get(session, lambda: fetch_all(session, NAMES, {"authority_id": authority_id}))


async def members_of(
    session: AsyncSession, authority_id: int, consortium_id: UUID, today: date
) -> list[MemberSchool]:
    """The members of a consortium today, by name."""
    values = {"authority_id": authority_id, "consortium_id": consortium_id, "today": today}
    return await fetch_all(session, MEMBERS, values)


async def memberships_of(
    session: AsyncSession, authority_id: int, urns: Sequence[int], today: date
) -> list[Membership]:
    """The consortia of these schools today: one row per school and phase."""
    values = {"authority_id": authority_id, "urns": list(urns), "today": today}
    return await fetch_all(session, MEMBERSHIPS, values)
