"""The schools that are not to support others just now."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.errors import NotThere
from alongside.matching.barrier import Unfit
from alongside.people.model import PersonRow
from alongside.schools.model import School

AUTHORITY: Any = bindparam("authority_id")
UNFIT: Any = (
    select(*Unfit.__table__.columns, School.name.label("school"), PersonRow.name.label("setter"))
    .join(School, (School.authority_id == AUTHORITY) & (School.urn == Unfit.school_urn))
    .join(PersonRow, (PersonRow.authority_id == AUTHORITY) & (PersonRow.id == Unfit.set_by))
    .where(Unfit.authority_id == AUTHORITY)
    .order_by(School.name)
    .limit(literal_column("500"))
)


async def unfit_schools(session: AsyncSession, person: Person) -> Sequence[Row[Any]]:
    """Those in force today, by name; reach is the gate's: only the core team comes here."""
    statement = UNFIT.where(
        Unfit.lifted_at.is_(None), or_(Unfit.until_on.is_(None), Unfit.until_on >= person.today)
    )
    found: Sequence[Row[Any]] = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).all()
    return found


async def unfit_with(session: AsyncSession, authority_id: int, unfit_id: UUID) -> Row[Any]:
    """One of them, lifted or not. Raises NotThere."""
    found: Row[Any] | None = (
        await session.execute(UNFIT.where(Unfit.id == unfit_id), {"authority_id": authority_id})
    ).one_or_none()
    if found is None:
        raise NotThere
    return found
