"""Queries for suspended schools."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import BindParameter, bindparam, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.matching.constraints import SupplierSuspension
from alongside.features.people.models import Person
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all, select_one

AUTHORITY: BindParameter[int] = bindparam("authority_id")


class SuspensionRow(msgspec.Struct, frozen=True):
    """A suspension with the names of the school and of who set it."""

    id: UUID
    school_urn: int
    reason: str
    until_on: date | None
    set_at: datetime
    school: str
    setter: str


SUSPENSION = (
    select(
        SupplierSuspension.id,
        SupplierSuspension.school_urn,
        SupplierSuspension.reason,
        SupplierSuspension.until_on,
        SupplierSuspension.set_at,
        School.name.label("school"),
        Person.name.label("setter"),
    )
    .join(School, (School.authority_id == AUTHORITY) & (School.urn == SupplierSuspension.school_urn))
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == SupplierSuspension.set_by))
    .where(SupplierSuspension.authority_id == AUTHORITY)
    .order_by(School.name)
    .limit(literal_column("500"))
)


async def suspended_schools(session: AsyncSession, person: Principal) -> list[SuspensionRow]:
    """Suspensions in force today, by school. The route's permission limits this to the core team."""
    statement = SUSPENSION.where(
        SupplierSuspension.lifted_at.is_(None),
        or_(SupplierSuspension.until_on.is_(None), SupplierSuspension.until_on >= person.today),
    )
    return await select_all(session, statement, SuspensionRow, {"authority_id": person.authority_id})


async def get_suspension(
    session: AsyncSession, person: Principal, permission: Permission, suspension_id: UUID
) -> SuspensionRow:
    """A suspension for which the person has `permission`, in force or not. Raises NotFound."""
    statement = SUSPENSION.where(SupplierSuspension.id == suspension_id)
    found = await select_one(session, statement, SuspensionRow, {"authority_id": person.authority_id})
    if found is None:
        raise NotFound
    require(person, permission, found.school_urn)
    return found
