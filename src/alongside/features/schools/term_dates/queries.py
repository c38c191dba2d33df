"""Queries for a school's own terms and training days, and its calendar."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Integer,
    any_,
    bindparam,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import calendar_of
from alongside.features.authorities.calendar import Calendar, with_own_days
from alongside.features.authorities.setting_types import TermDates
from alongside.features.schools.term_dates.models import SchoolTerm, TrainingDay
from alongside.platform.database.reads import Read, fetch_all


class OwnDay(msgspec.Struct, frozen=True):
    """A term of a school or, without `year`, one of its training days, which starts and ends on the same day."""

    school_urn: int
    year: str | None
    name: Literal["autumn", "spring", "summer"]
    starts_on: date
    ends_on: date
    break_starts_on: date
    break_ends_on: date


def _read_own_days(*, limited: bool) -> Read[OwnDay]:
    """The terms and training days of all schools of an authority, or of `urns` only, in order."""
    term, training = SchoolTerm.__table__.c, TrainingDay.__table__.c
    day = training.day
    both = union_all(
        select(
            term.school_urn,
            term.year,
            term.name,
            term.starts_on,
            term.ends_on,
            term.break_starts_on,
            term.break_ends_on,
        ).where(term.authority_id == bindparam("authority_id")),
        select(training.school_urn, null(), literal_column("''"), day, day, day, day).where(
            training.authority_id == bindparam("authority_id")
        ),
    ).subquery("own_day")
    of_schools = both.c.school_urn == any_(bindparam("urns", type_=ARRAY(Integer)))
    return Read(select(both).where(*([of_schools] if limited else [])).order_by(both.c.starts_on), OwnDay)


ALL_OWN_DAYS = _read_own_days(limited=False)
OWN_DAYS_OF_SCHOOLS = _read_own_days(limited=True)


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
    values = {"authority_id": authority_id, "urns": [urn]}
    found = _by_school(await fetch_all(session, OWN_DAYS_OF_SCHOOLS, values))
    return found.get(urn, OwnDays((), ()))


async def calendar_of_school(session: AsyncSession, authority_id: int, urn: int) -> Calendar:
    """The calendar for a school's deadlines: the authority's, with the school's own terms and training days."""
    return (await calendars_of_schools(session, authority_id, [urn]))[urn]


async def calendars_of_schools(
    session: AsyncSession, authority_id: int, urns: Collection[int]
) -> dict[int, Calendar]:
    """The calendars of several schools, by URN."""
    if not urns:
        return {}
    shared = calendar_of(authority_id)
    own = await calendars_with_own_days(session, authority_id, urns)
    return {urn: own.get(urn, shared) for urn in urns}


async def days_by_school(
    session: AsyncSession, authority_id: int, reckon: Callable[[Calendar], date]
) -> DayBySchool:
    """Calculate a day by the calendar of the authority and by those of the schools with their own days."""
    shared = reckon(calendar_of(authority_id))
    own = await calendars_with_own_days(session, authority_id)
    reckoned = {urn: reckon(calendar) for urn, calendar in own.items()}
    return DayBySchool(shared, {urn: day for urn, day in reckoned.items() if day != shared})


async def calendars_with_own_days(
    session: AsyncSession, authority_id: int, urns: Collection[int] | None = None
) -> dict[int, Calendar]:
    """The calendars of the schools that have terms or training days of their own, by URN; of all, or of `urns`."""
    shared = calendar_of(authority_id)
    values = {"authority_id": authority_id, "urns": sorted(urns or ())}
    own = _by_school(await fetch_all(session, ALL_OWN_DAYS if urns is None else OWN_DAYS_OF_SCHOOLS, values))
    return {
        urn: with_own_days(shared, days.terms, frozenset(days.training_days)) for urn, days in own.items()
    }


def _by_school(rows: Iterable[OwnDay]) -> dict[int, OwnDays]:
    terms: dict[int, list[TermDates]] = {}
    training: dict[int, list[date]] = {}
    for row in rows:
        if row.year is None:
            training.setdefault(row.school_urn, []).append(row.starts_on)
        else:
            terms.setdefault(row.school_urn, []).append(
                TermDates(
                    year=row.year,
                    name=row.name,
                    starts_on=row.starts_on,
                    ends_on=row.ends_on,
                    break_starts_on=row.break_starts_on,
                    break_ends_on=row.break_ends_on,
                )
            )
    return {urn: OwnDays(tuple(terms.get(urn, ())), tuple(training.get(urn, ()))) for urn in terms | training}
