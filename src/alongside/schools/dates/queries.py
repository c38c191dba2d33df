"""A school's own days, and the calendar that they make."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.authorities import calendar_of
from alongside.authorities.calendar import Calendar, with_own_days
from alongside.authorities.choices import TermDates
from alongside.schools.dates.model import SchoolTerm, TrainingDay

TERMS: Any = (
    select(
        SchoolTerm.year,
        SchoolTerm.name,
        SchoolTerm.starts_on,
        SchoolTerm.ends_on,
        SchoolTerm.break_starts_on,
        SchoolTerm.break_ends_on,
    )
    .where(SchoolTerm.authority_id == bindparam("authority_id"), SchoolTerm.school_urn == bindparam("urn"))
    .order_by(SchoolTerm.starts_on)
)
TRAINING_DAYS = (
    select(TrainingDay.day)
    .where(TrainingDay.authority_id == bindparam("authority_id"), TrainingDay.school_urn == bindparam("urn"))
    .order_by(TrainingDay.day)
)


@dataclass(frozen=True, slots=True)
class OwnDays:
    """What a school has set for itself, in order."""

    terms: tuple[TermDates, ...]
    training_days: tuple[date, ...]


async def own_days(session: AsyncSession, authority_id: int, urn: int) -> OwnDays:
    """The terms and training days that a school has set for itself; empty where it keeps the authority's."""
    values = {"authority_id": authority_id, "urn": urn}
    terms = [
        TermDates(
            year=row.year,
            name=cast('Literal["autumn", "spring", "summer"]', row.name),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            break_starts_on=row.break_starts_on,
            break_ends_on=row.break_ends_on,
        )
        for row in await session.execute(TERMS, values)
    ]
    days = (await session.scalars(TRAINING_DAYS, values)).all()
    return OwnDays(tuple(terms), tuple(days))


async def calendar_of_school(session: AsyncSession, authority_id: int, urn: int) -> Calendar:
    """The calendar by which a school's deadlines are counted: the authority's, with its own days in their place."""
    own = await own_days(session, authority_id, urn)
    return with_own_days(calendar_of(authority_id), own.terms, frozenset(own.training_days))
