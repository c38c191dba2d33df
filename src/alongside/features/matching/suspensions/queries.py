"""Queries for suspended schools."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.matching.constraints import SupplierSuspension
from alongside.features.people.models import Person
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal

AUTHORITY: Any = bindparam("authority_id")
SUSPENSION: Any = (
    select(*SupplierSuspension.__table__.columns, School.name.label("school"), Person.name.label("setter"))
    .join(School, (School.authority_id == AUTHORITY) & (School.urn == SupplierSuspension.school_urn))
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == SupplierSuspension.set_by))
    .where(SupplierSuspension.authority_id == AUTHORITY)
    .order_by(School.name)
    .limit(literal_column("500"))
)


async def suspended_schools(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """Suspensions in force today, by school. The route's permission limits this to the core team."""
    statement = SUSPENSION.where(
        SupplierSuspension.lifted_at.is_(None),
        or_(SupplierSuspension.until_on.is_(None), SupplierSuspension.until_on >= person.today),
    )
    found: Sequence[Row[Any]] = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).all()
    return found


async def get_suspension(
    session: AsyncSession, person: Principal, permission: Permission, suspension_id: UUID
) -> Row[Any]:
    """A suspension for which the person has `permission`, in force or not. Raises NotFound."""
    found: Row[Any] | None = (
        await session.execute(
            SUSPENSION.where(SupplierSuspension.id == suspension_id), {"authority_id": person.authority_id}
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    require(person, permission, found.school_urn)
    return found
