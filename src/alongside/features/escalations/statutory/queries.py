"""Queries of the statutory steps and overruled decisions of an escalation."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Integer, Text, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.queries import AUTHORITY, ESCALATION_ID, of_person
from alongside.features.escalations.statutory.models import Overruling, StatutoryStep
from alongside.features.escalations.statutory.steps import COPIED, TakenStep, powers_lapse_on
from alongside.features.people.models import Person
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, columns_of, fetch_all


class StepRow(TakenStep, frozen=True):
    """A statutory step with the name of the person who recorded it (`models.StatutoryStep` describes the columns)."""

    legal_basis: str
    words: str
    recipients: Sequence[str]
    notice_reference: str
    notice_on: date | None
    urgent_because: str
    recorder: str

    @property
    def powers_lapse_on(self) -> date | None:
        """The last day on which powers that follow a warning notice may be used."""
        return powers_lapse_on(self.comply_by_on) if self.comply_by_on else None


class OverrulingRow(msgspec.Struct, frozen=True):
    """An overruled decision with the name of the officer (`models.Overruling` describes the columns)."""

    ground: str
    legal_basis: str
    decided: str
    instead: str
    reason: str
    at: datetime
    officer: str


STEPS_TAKEN = Read(
    select(*columns_of(StepRow, StatutoryStep, recorder=Person.name))
    .select_from(StatutoryStep)
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == StatutoryStep.recorded_by))
    .where(StatutoryStep.authority_id == AUTHORITY, StatutoryStep.escalation_id == ESCALATION_ID)
    .order_by(StatutoryStep.taken_on, StatutoryStep.id),
    StepRow,
)
"""The statutory steps of an escalation, in order."""

OVERRULINGS = Read(
    select(*columns_of(OverrulingRow, Overruling, officer=Person.name))
    .select_from(Overruling)
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == Overruling.officer_id))
    .where(Overruling.authority_id == AUTHORITY, Overruling.escalation_id == ESCALATION_ID)
    .order_by(Overruling.at, Overruling.id),
    OverrulingRow,
)
"""The decisions overruled in an escalation."""


def _by_step(*keys: list[str] | None) -> dict[str, list[str]]:
    return {step: found or [] for step, found in zip(COPIED, keys, strict=True)}


_SCHOOL = (bindparam("authority_id", type_=Integer), bindparam("urn", type_=Integer))
OWED_A_COPY = Read(
    select(*(func.owed_a_copy(*_SCHOOL, literal_column(f"'{step}'"), type_=ARRAY(Text)) for step in COPIED)),
    _by_step,
)


async def steps_taken(session: AsyncSession, person: Principal, escalation_id: UUID) -> list[StepRow]:
    """The statutory steps of an escalation, in order."""
    return await fetch_all(session, STEPS_TAKEN, of_person(person, escalation_id=escalation_id))


async def owed_a_copy(session: AsyncSession, person: Principal, urn: int) -> dict[str, list[str]]:
    """For each step with extra recipients that the law requires for this school: their keys."""
    [found] = await fetch_all(session, OWED_A_COPY, {"authority_id": person.authority_id, "urn": urn})
    return found
