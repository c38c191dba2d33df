"""Queries for declared interests: one's own, all of them, or those of one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.features.interests.models import DeclarationOfInterest
from alongside.features.people.models import Person
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all

AUTHORITY: BindParameter[int] = bindparam("authority_id")
Own = aliased(School, name="own")
Other = aliased(School, name="other")
INTEREST = (
    select(
        DeclarationOfInterest.id,
        DeclarationOfInterest.person_id,
        DeclarationOfInterest.kind,
        DeclarationOfInterest.words,
        DeclarationOfInterest.declared_at,
        Person.name.label("person"),
        Own.name.label("school"),
        Other.name.label("other"),
    )
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == DeclarationOfInterest.person_id))
    .join(Other, (Other.authority_id == AUTHORITY) & (Other.urn == DeclarationOfInterest.other_urn))
    .outerjoin(Own, (Own.authority_id == AUTHORITY) & (Own.urn == DeclarationOfInterest.school_urn))
    .where(DeclarationOfInterest.authority_id == AUTHORITY, DeclarationOfInterest.ended_at.is_(None))
    .order_by(Person.name, Other.name, DeclarationOfInterest.id)
    .limit(literal_column("500"))
)

SCHOOLS_OF_INTEREST = text("SELECT interests_of(:authority_id, :person_id, :today)")


@dataclass(frozen=True, slots=True)
class DeclaredInterest:
    """An interest with the names of the person, of their own school if any, and of the other school."""

    id: UUID
    person_id: UUID
    kind: str
    words: str
    declared_at: datetime
    person: str
    school: str | None
    other: str


async def interests_seen_by(session: AsyncSession, person: Principal) -> Sequence[DeclaredInterest]:
    """All interests for the core team, and one's own for other people."""
    statement = INTEREST
    if not has_permission(person, Permission.VIEW_INTERESTS):
        statement = statement.where(DeclarationOfInterest.person_id == person.id)
    return await select_all(session, statement, DeclaredInterest, {"authority_id": person.authority_id})


async def schools_of_interest(
    session: AsyncSession, authority_id: int, person_id: UUID, on: date
) -> frozenset[int]:
    """The URNs of the schools in which a person has an interest: their own, the same trust's, or declared."""
    values = {"authority_id": authority_id, "person_id": person_id, "today": on}
    return frozenset((await session.scalars(SCHOOLS_OF_INTEREST, values)).all())
