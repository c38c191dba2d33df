"""Declared interests: one's own, all of them for the core team, and for rooms above those of one person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import allowed_at_all
from alongside.matching.barrier import Interest
from alongside.people.model import PersonRow
from alongside.schools.model import School

AUTHORITY: Any = bindparam("authority_id")
Own = aliased(School, name="own")
Other = aliased(School, name="other")
INTEREST: Any = (
    select(
        *Interest.__table__.columns,
        PersonRow.name.label("person"),
        Own.name.label("school"),
        Other.name.label("other"),
    )
    .join(PersonRow, (PersonRow.authority_id == AUTHORITY) & (PersonRow.id == Interest.person_id))
    .join(Other, (Other.authority_id == AUTHORITY) & (Other.urn == Interest.other_urn))
    .outerjoin(Own, (Own.authority_id == AUTHORITY) & (Own.urn == Interest.school_urn))
    .where(Interest.authority_id == AUTHORITY, Interest.ended_at.is_(None))
    .order_by(PersonRow.name, Other.name, Interest.id)
    .limit(literal_column("500"))
)


async def interests_seen_by(session: AsyncSession, person: Person) -> Sequence[Row[Any]]:
    """Everybody's interests for the core team; for anybody else their own."""
    statement = INTEREST
    if not allowed_at_all(person, Permission.SEE_INTEREST):
        statement = statement.where(Interest.person_id == person.id)
    found: Sequence[Row[Any]] = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).all()
    return found


async def schools_of_interest(session: AsyncSession, authority_id: int, person_id: UUID) -> frozenset[int]:
    """The URNs of the schools in which somebody declared an interest: whose matters they should not handle."""
    found = await session.scalars(
        select(Interest.other_urn).where(
            Interest.authority_id == authority_id,
            Interest.person_id == person_id,
            Interest.ended_at.is_(None),
        )
    )
    return frozenset(found)
