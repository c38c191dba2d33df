"""Queries for exclusions: a school's own, or all of them for the core team."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import NotFound
from alongside.features.matching.constraints import Exclusion
from alongside.features.people.models import Person
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import filter_by_scope
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal

AUTHORITY: Any = bindparam("authority_id")
Own = aliased(School, name="own")
Other = aliased(School, name="other")
EXCLUSION: Any = (
    select(
        *Exclusion.__table__.columns,
        Own.name.label("school"),
        Other.name.label("other"),
        Person.name.label("maker"),
    )
    .join(Own, (Own.authority_id == AUTHORITY) & (Own.urn == Exclusion.school_urn))
    .join(Other, (Other.authority_id == AUTHORITY) & (Other.urn == Exclusion.other_urn))
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == Exclusion.made_by))
    .where(Exclusion.authority_id == AUTHORITY)
    .order_by(Own.name, Other.name)
    .limit(literal_column("500"))
)


async def exclusions_of(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """The exclusions in force that this person may see, by school."""
    statement = filter_by_scope(
        EXCLUSION.where(Exclusion.lifted_at.is_(None)),
        person,
        Permission.VIEW_EXCLUSIONS,
        Exclusion.school_urn,
    )
    found: Sequence[Row[Any]] = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).all()
    return found


async def exclusion_to(
    session: AsyncSession, person: Principal, permission: Permission, exclusion_id: UUID
) -> Row[Any]:
    """An exclusion for which the person has `permission`, lifted or not. Raises NotFound."""
    statement = filter_by_scope(EXCLUSION, person, permission, Exclusion.school_urn)
    statement = statement.where(Exclusion.id == exclusion_id)
    found: Row[Any] | None = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).one_or_none()
    if found is None:
        raise NotFound
    return found
