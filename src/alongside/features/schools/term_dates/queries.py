"""Queries for a school's own terms and training days, and its calendar."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from sqlalchemy import ARRAY, ColumnElement, Date, Integer, any_, bindparam, func, literal, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import calendar_of
from alongside.features.authorities.calendar import Calendar, with_own_days
from alongside.features.authorities.setting_types import TermDates
from alongside.features.schools.term_dates.models import SchoolTerm, TrainingDay

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

_OF_SCHOOLS = any_(bindparam("urns", type_=ARRAY(Integer)))
TERMS_OF_SCHOOLS: Any = (
    select(
        SchoolTerm.school_urn,
        SchoolTerm.year,
        SchoolTerm.name,
        SchoolTerm.starts_on,
        SchoolTerm.ends_on,
        SchoolTerm.break_starts_on,
        SchoolTerm.break_ends_on,
    )
    .where(SchoolTerm.authority_id == bindparam("authority_id"), SchoolTerm.school_urn == _OF_SCHOOLS)
    .order_by(SchoolTerm.starts_on)
)
TRAINING_DAYS_OF_SCHOOLS: Any = select(TrainingDay.school_urn, TrainingDay.day).where(
    TrainingDay.authority_id == bindparam("authority_id"), TrainingDay.school_urn == _OF_SCHOOLS
)
WITH_OWN_DAYS = union(
    select(SchoolTerm.school_urn).where(SchoolTerm.authority_id == bindparam("authority_id")),
    select(TrainingDay.school_urn).where(TrainingDay.authority_id == bindparam("authority_id")),
)


@dataclass(frozen=True, slots=True)
class DayBySchool:
    """One day for each school: `shared` by the authority's calendar, `own` where a school's own calendar differs."""

    shared: date
    own: Mapping[int, date]

    def of(self, urn: int) -> date:
        """The day for this school."""
        return self.own.get(urn, self.shared)

    def parameters(self, prefix: str = "") -> dict[str, Any]:
        """The parameters of `day_of_school`."""
        own = {"own_urns": list(self.own), "own_days": list(self.own.values())}
        return {f"{prefix}{name}": value for name, value in {"day": self.shared, **own}.items()}

    def in_sql(self, urn: Any) -> ColumnElement[date]:
        """The day of the school with this URN as an SQL expression."""
        own_urns, own_days = list(self.own), list(self.own.values())
        return _own_or_shared(
            urn,
            literal(self.shared, Date),
            literal(own_urns, ARRAY(Integer)),
            literal(own_days, ARRAY(Date)),
        )


def day_of_school(urn: Any, prefix: str = "") -> ColumnElement[date]:
    """SQL expression for the day of the school with this URN, from the parameters of a DayBySchool."""
    return _own_or_shared(
        urn,
        bindparam(f"{prefix}day", type_=Date),
        bindparam(f"{prefix}own_urns", type_=ARRAY(Integer)),
        bindparam(f"{prefix}own_days", type_=ARRAY(Date)),
    )


def _own_or_shared(urn: Any, shared: Any, own_urns: Any, own_days: Any) -> ColumnElement[date]:
    own = func.unnest(own_urns, own_days).table_valued("urn", "day").render_derived("own")
    return func.coalesce(select(own.c.day).where(own.c.urn == urn).scalar_subquery(), shared)


@dataclass(frozen=True, slots=True)
class OwnDays:
    """A school's own terms and training days, in order."""

    terms: tuple[TermDates, ...]
    training_days: tuple[date, ...]


async def own_days(session: AsyncSession, authority_id: int, urn: int) -> OwnDays:
    """The school's own terms and training days; empty if it follows the authority's."""
    values = {"authority_id": authority_id, "urn": urn}
    terms = [_term(row) for row in await session.execute(TERMS, values)]
    days = (await session.scalars(TRAINING_DAYS, values)).all()
    return OwnDays(tuple(terms), tuple(days))


async def calendar_of_school(session: AsyncSession, authority_id: int, urn: int) -> Calendar:
    """The calendar for a school's deadlines: the authority's, with the school's own terms and training days."""
    own = await own_days(session, authority_id, urn)
    return with_own_days(calendar_of(authority_id), own.terms, frozenset(own.training_days))


async def calendars_of_schools(
    session: AsyncSession, authority_id: int, urns: Collection[int]
) -> dict[int, Calendar]:
    """The calendars of several schools, by URN, with two queries."""
    values = {"authority_id": authority_id, "urns": sorted(urns)}
    terms: dict[int, list[TermDates]] = {}
    for row in await session.execute(TERMS_OF_SCHOOLS, values):
        terms.setdefault(row.school_urn, []).append(_term(row))
    days: dict[int, set[date]] = {}
    for row in await session.execute(TRAINING_DAYS_OF_SCHOOLS, values):
        days.setdefault(row.school_urn, set()).add(row.day)
    shared = calendar_of(authority_id)
    return {
        urn: with_own_days(shared, tuple(terms.get(urn, ())), frozenset(days.get(urn, ()))) for urn in urns
    }


async def days_by_school(
    session: AsyncSession, authority_id: int, reckon: Callable[[Calendar], date]
) -> DayBySchool:
    """Calculate a day by the calendar of the authority and by those of the schools with their own days."""
    shared = reckon(calendar_of(authority_id))
    own = await calendars_with_own_days(session, authority_id)
    reckoned = {urn: reckon(calendar) for urn, calendar in own.items()}
    return DayBySchool(shared, {urn: day for urn, day in reckoned.items() if day != shared})


async def calendars_with_own_days(session: AsyncSession, authority_id: int) -> dict[int, Calendar]:
    """The calendars of all schools that have terms or training days of their own, by URN."""
    found = await session.scalars(WITH_OWN_DAYS, {"authority_id": authority_id})
    return await calendars_of_schools(session, authority_id, list(found))


def _term(row: Any) -> TermDates:
    return TermDates(
        year=row.year,
        name=cast('Literal["autumn", "spring", "summer"]', row.name),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        break_starts_on=row.break_starts_on,
        break_ends_on=row.break_ends_on,
    )
