"""School calendars: the days on which schools of an authority, or one school, are open, and deadlines in school days.

Dates and times of day are in London time. A deadline ends at the end of a school day.
No function reads the current time: callers pass it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec

from alongside.platform.school_calendar.bank_holidays import bank_holidays

LONDON = ZoneInfo("Europe/London")
ONE_DAY = timedelta(days=1)


class TermDates(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One term: its first and last day, and the first and last day of its half-term break."""

    year: Annotated[str, msgspec.Meta(pattern=r"^20\d\d-\d\d$")]
    name: Literal["autumn", "spring", "summer"]
    starts_on: date
    ends_on: date
    break_starts_on: date
    break_ends_on: date


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The data that decides which days are school days. `terms` are in order and do not overlap.

    Calendars compare and hash by identity, so that `counts` can be cached (one page needs hundreds of days).
    """

    terms: tuple[TermDates, ...]
    inset_days: frozenset[date]
    added_holidays: frozenset[date]
    removed_holidays: frozenset[date]
    pause_in_holidays: bool
    school_day_ends: time

    @property
    def declared_years(self) -> frozenset[str]:
        """The academic years whose terms are declared."""
        return frozenset(term.year for term in self.terms)


@lru_cache(maxsize=2_000)
def with_own_days(
    calendar: Calendar, own_terms: tuple[TermDates, ...], own_inset_days: frozenset[date]
) -> Calendar:
    """The calendar of one school: the authority's, with the school's own terms and training days.

    A term of the school replaces the authority's term of that year and name, including its training days (academies,
    foundation and voluntary aided schools set their own). In other terms the school's training days are added.
    Source: Education Act 2002, section 32.
    """
    if not own_terms and not own_inset_days:
        return calendar
    own = {(term.year, term.name) for term in own_terms}
    replaced = [term for term in calendar.terms if (term.year, term.name) in own]
    kept = [term for term in calendar.terms if (term.year, term.name) not in own]
    shared = {
        day
        for day in calendar.inset_days
        if not any(term.starts_on <= day <= term.ends_on for term in (*own_terms, *replaced))
    }
    return replace(
        calendar,
        terms=tuple(sorted((*kept, *own_terms), key=lambda term: term.starts_on)),
        inset_days=frozenset(shared | own_inset_days),
    )


def academic_year(day: date) -> str:
    """The academic year of a day, as “2026-27”: September to August."""
    first = day.year if day.month >= 9 else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def academic_year_began(day: date) -> date:
    """The first day of the academic year of a day: the first of September."""
    return date(day.year if day.month >= 9 else day.year - 1, 9, 1)


def term_of(calendar: Calendar, day: date) -> TermDates | None:
    """The term that contains a day, half-term included; None between terms."""
    return next((term for term in calendar.terms if term.starts_on <= day <= term.ends_on), None)


def terms_from(calendar: Calendar, day: date) -> tuple[TermDates, ...]:
    """The term of a day and all later declared terms, as choices for a form."""
    return tuple(term for term in calendar.terms if term.ends_on >= day)


def is_bank_holiday(calendar: Calendar, day: date) -> bool:
    """Whether a weekday is a bank holiday in England, one-off changes included."""
    if day in calendar.added_holidays:
        return True
    return day in bank_holidays(day.year) and day not in calendar.removed_holidays


def is_school_day(calendar: Calendar, day: date) -> bool:
    """Whether schools are open to pupils: a weekday in term, outside half-term, bank holidays and training days.

    In an academic year whose terms are not declared, schools are assumed closed in the usual long holidays.
    """
    if day.weekday() >= 5 or day in calendar.inset_days or is_bank_holiday(calendar, day):
        return False
    term = term_of(calendar, day)
    if term is not None:
        return not term.break_starts_on <= day <= term.break_ends_on
    return academic_year(day) not in calendar.declared_years and not _usually_closed(day)


@lru_cache(maxsize=100_000)
def counts(calendar: Calendar, day: date) -> bool:
    """Whether a deadline counts this day: a school day, or any working day if holidays do not pause deadlines."""
    if calendar.pause_in_holidays:
        return is_school_day(calendar, day)
    return day.weekday() < 5 and not is_bank_holiday(calendar, day)


def add_school_days(calendar: Calendar, start: date, days: int) -> date:
    """The date that is `days` counted days after `start`; `start` itself is not counted.

    With 0, `start` or the first counted day after it. Raises ValueError below 0.
    """
    if days < 0:
        raise ValueError("a deadline is counted forwards: days must be 0 or more")
    day = start
    while days > 0:
        day += ONE_DAY
        days -= counts(calendar, day)
    while not counts(calendar, day):
        day += ONE_DAY
    return day


def school_days_between(calendar: Calendar, start: date, end: date) -> int:
    """The number of counted days after `start`, up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -school_days_between(calendar, end, start)
    return sum(counts(calendar, start + ONE_DAY * n) for n in range(1, (end - start).days + 1))


def end_of_school_day(calendar: Calendar, day: date) -> datetime:
    """The time (UTC) at which a school day ends."""
    return datetime.combine(day, calendar.school_day_ends, LONDON).astimezone(UTC)


def deadline(calendar: Calendar, moment: datetime, days: int) -> datetime:
    """The due time (UTC) of something that began at `moment` and is due after `days` school days."""
    began_on = moment.astimezone(LONDON).date()
    return end_of_school_day(calendar, add_school_days(calendar, began_on, days))


def _usually_closed(day: date) -> bool:
    summer = (7, 22) <= (day.month, day.day) <= (8, 31)
    winter = (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 2)
    return summer or winter


def school_days_before(calendar: Calendar, day: date, days: int) -> date:
    """The date that is `days` counted days before `day`, for reminders."""
    while days > 0:
        day -= ONE_DAY
        days -= counts(calendar, day)
    return day


def financial_year(day: date) -> str:
    """The financial year of a day, from 1 April to 31 March: “2026-27”."""
    began = day.year if day.month >= 4 else day.year - 1
    return f"{began}-{(began + 1) % 100:02d}"


def start_of_term(calendar: Calendar, today: date, terms: int) -> date:
    """Return the first day of the earliest of the last `terms` terms, the current one included.

    With fewer declared terms than that, a term counts as 120 days.
    """
    begun = [term.starts_on for term in calendar.terms if term.starts_on <= today]
    if len(begun) >= terms:
        return begun[-terms]
    return today - timedelta(days=120 * terms)
