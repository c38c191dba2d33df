"""Queries for exclusions: a school's own, or all of them for the core team."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import BindParameter, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import NotFound
from alongside.features.matching.constraints import Exclusion
from alongside.features.people.models import Person
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import filter_by_scope
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all, select_one

AUTHORITY: BindParameter[int] = bindparam("authority_id")
Own = aliased(School, name="own")
Other = aliased(School, name="other")


class ExclusionRow(msgspec.Struct, frozen=True):
    """An exclusion with the names of both schools and of who made it."""

    id: UUID
    school_urn: int
    other_urn: int
    reason: str
    made_at: datetime
    school: str
    other: str
    maker: str


EXCLUSION = (
    select(
        Exclusion.id,
        Exclusion.school_urn,
        Exclusion.other_urn,
        Exclusion.reason,
        Exclusion.made_at,
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


async def exclusions_of(session: AsyncSession, person: Principal) -> list[ExclusionRow]:
    """The exclusions in force that this person may see, by school."""
    statement = filter_by_scope(
        EXCLUSION.where(Exclusion.lifted_at.is_(None)),
        person,
        Permission.VIEW_EXCLUSIONS,
        Exclusion.school_urn,
    )
    return await select_all(session, statement, ExclusionRow, {"authority_id": person.authority_id})


async def exclusion_to(
    session: AsyncSession, person: Principal, permission: Permission, exclusion_id: UUID
) -> ExclusionRow:
    """An exclusion for which the person has `permission`, lifted or not. Raises NotFound."""
    statement = filter_by_scope(EXCLUSION, person, permission, Exclusion.school_urn)
    statement = statement.where(Exclusion.id == exclusion_id)
    found = await select_one(session, statement, ExclusionRow, {"authority_id": person.authority_id})
    if found is None:
        raise NotFound
    return found
