"""Queries of the people to remind, as roles are when a timer fires."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Role

HOLDERS = text(
    """
    SELECT DISTINCT person_id FROM role_assignment
     WHERE authority_id = :authority_id AND role = ANY(:roles)
       AND starts_on <= :today AND (ends_on IS NULL OR ends_on > :today)
    """
).bindparams(bindparam("today", type_=Date))
COVERS = text(
    """
    SELECT cover_id FROM leave_cover
     WHERE authority_id = :authority_id AND away_id = :owner_id AND :today BETWEEN starts_on AND ends_on
    """
).bindparams(bindparam("today", type_=Date))


async def holders(session: AsyncSession, authority_id: int, today: date, *roles: Role) -> list[UUID]:
    """The people who hold one of these roles now."""
    values = {"authority_id": authority_id, "roles": [role.value for role in roles], "today": today}
    return list((await session.scalars(HOLDERS, values)).all())


async def covers(session: AsyncSession, authority_id: int, today: date, owner_id: UUID) -> list[UUID]:
    """Who covers for an officer who is away today."""
    values = {"authority_id": authority_id, "owner_id": owner_id, "today": today}
    return list((await session.scalars(COVERS, values)).all())
