"""Queries of the statutory steps and overruled decisions of an escalation."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.queries import AUTHORITY, of_escalation
from alongside.features.escalations.statutory.models import Overruling, StatutoryStep
from alongside.features.escalations.statutory.steps import COPIED
from alongside.features.people.models import Person
from alongside.platform.access.principal import Principal

STEPS_TAKEN: Any = (
    select(*StatutoryStep.__table__.columns, Person.name.label("recorder"))
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == StatutoryStep.recorded_by))
    .where(StatutoryStep.authority_id == AUTHORITY, StatutoryStep.escalation_id == bindparam("escalation_id"))
    .order_by(StatutoryStep.taken_on, StatutoryStep.id)
)
OVERRULINGS: Any = (
    select(*Overruling.__table__.columns, Person.name.label("officer"))
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == Overruling.officer_id))
    .where(Overruling.authority_id == AUTHORITY, Overruling.escalation_id == bindparam("escalation_id"))
    .order_by(Overruling.at, Overruling.id)
)


async def steps_taken(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """The statutory steps of an escalation, in order."""
    return await of_escalation(session, person, STEPS_TAKEN, escalation_id)


async def owed_a_copy(session: AsyncSession, person: Principal, urn: int) -> dict[str, list[str]]:
    """For each step with extra recipients that the law requires for this school: their keys."""
    statement = select(*(func.owed_a_copy(person.authority_id, urn, step).label(step) for step in COPIED))
    row = (await session.execute(statement)).one()
    return {step: list(getattr(row, step) or ()) for step in COPIED}


async def overrulings_of(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """The decisions overruled in an escalation."""
    return await of_escalation(session, person, OVERRULINGS, escalation_id)
