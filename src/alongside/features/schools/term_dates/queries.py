"""Queries for a school's own terms and training days, and its calendar."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import msgspec
from sqlalchemy import ARRAY, Integer, any_, bindparam, literal_column, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import calendar_of
from alongside.features.schools.term_dates.day_by_school import DayBySchool
from alongside.features.schools.term_dates.models import SchoolTerm, TrainingDay
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.school_calendar.calendar import Calendar, TermDates, with_own_days

READ = "own days"
"""The key in `session.info` of the own days that this transaction has read."""


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
class OwnDays:
    """A school's own terms and training days, in order; empty if it follows the authority's."""

    terms: tuple[TermDates, ...] = ()
    training_days: tuple[date, ...] = ()


@dataclass(slots=True)
class _Read:
    """The own days that a transaction has read, by URN. `all` is true if they are those of every school."""

    by_urn: dict[int, OwnDays] = field(default_factory=dict)
    all: bool = False


async def own_days(session: AsyncSession, authority_id: int, urn: int) -> OwnDays:
    """The school's own terms and training days."""
    return (await _own_days_of(session, authority_id, (urn,)))[urn]


async def calendar_of_school(session: AsyncSession, authority_id: int, urn: int) -> Calendar:
    """The calendar for a school's deadlines: the authority's, with the school's own terms and training days."""
    return (await calendars_of_schools(session, authority_id, (urn,)))[urn]


async def calendars_of_schools(
    session: AsyncSession, authority_id: int, urns: Collection[int]
) -> dict[int, Calendar]:
    """The calendars of several schools, by URN."""
    own = await _own_days_of(session, authority_id, urns)
    return {urn: _calendar(authority_id, own[urn]) for urn in urns}


async def calendars_with_own_days(session: AsyncSession, authority_id: int) -> dict[int, Calendar]:
    """The calendars of all schools that have terms or training days of their own, by URN."""
    own = await _own_days_of(session, authority_id, None)
    return {urn: _calendar(authority_id, days) for urn, days in own.items() if days != OwnDays()}


async def days_by_school(
    session: AsyncSession, authority_id: int, reckon: Callable[[Calendar], date]
) -> DayBySchool:
    """Calculate a day by the calendar of the authority and by those of the schools with their own days."""
    shared = reckon(calendar_of(authority_id))
    own = await calendars_with_own_days(session, authority_id)
    reckoned = {urn: reckon(calendar) for urn, calendar in own.items()}
    return DayBySchool(shared, {urn: day for urn, day in reckoned.items() if day != shared})


def forget_own_days(session: AsyncSession) -> None:
    """Read the own days again when they are next needed, because this transaction has changed them."""
    session.info.pop(READ, None)


async def _own_days_of(
    session: AsyncSession, authority_id: int, urns: Collection[int] | None
) -> Mapping[int, OwnDays]:
    """The own days of schools (None: of all that have any), read once in a transaction."""
    read: _Read = session.info.setdefault(READ, _Read())
    if not read.all and (urns is None or not read.by_urn.keys() >= set(urns)):
        values = {"authority_id": authority_id, "urns": sorted(urns or ())}
        rows = await fetch_all(session, ALL_OWN_DAYS if urns is None else OWN_DAYS_OF_SCHOOLS, values)
        read.by_urn |= _by_school(rows)
        read.all = urns is None
    read.by_urn |= {urn: OwnDays() for urn in urns or () if urn not in read.by_urn}
    return read.by_urn


def _calendar(authority_id: int, own: OwnDays) -> Calendar:
    return with_own_days(calendar_of(authority_id), own.terms, frozenset(own.training_days))


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
