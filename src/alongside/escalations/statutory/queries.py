"""The statutory steps and overrulings of a case."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.escalations.queries import AUTHORITY, of_case
from alongside.escalations.statutory.ladder import COPIED
from alongside.escalations.statutory.model import Overruling, StatutoryStep
from alongside.people.model import PersonRow

STEPS_TAKEN: Any = (
    select(*StatutoryStep.__table__.columns, PersonRow.name.label("recorder"))
    .join(PersonRow, (PersonRow.authority_id == AUTHORITY) & (PersonRow.id == StatutoryStep.recorded_by))
    .where(StatutoryStep.authority_id == AUTHORITY, StatutoryStep.case_id == bindparam("case_id"))
    .order_by(StatutoryStep.taken_on, StatutoryStep.id)
)
OVERRULINGS: Any = (
    select(*Overruling.__table__.columns, PersonRow.name.label("officer"))
    .join(PersonRow, (PersonRow.authority_id == AUTHORITY) & (PersonRow.id == Overruling.officer_id))
    .where(Overruling.authority_id == AUTHORITY, Overruling.case_id == bindparam("case_id"))
    .order_by(Overruling.at, Overruling.id)
)


async def steps_taken(session: AsyncSession, person: Person, case_id: UUID) -> Sequence[Row[Any]]:
    """The statutory steps of a case, in their order."""
    return await of_case(session, person, STEPS_TAKEN, case_id)


async def owed_a_copy(session: AsyncSession, person: Person, urn: int) -> dict[str, list[str]]:
    """For each step to which the law adds recipients for this school: their keys."""
    statement = select(*(func.owed_a_copy(person.authority_id, urn, step).label(step) for step in COPIED))
    row = (await session.execute(statement)).one()
    return {step: list(getattr(row, step) or ()) for step in COPIED}


async def overrulings_of(session: AsyncSession, person: Person, case_id: UUID) -> Sequence[Row[Any]]:
    """What the authority overruled in a case."""
    return await of_case(session, person, OVERRULINGS, case_id)
