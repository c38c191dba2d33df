"""The days of a series of meetings: one in each half of a term, outside holidays."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from alongside.platform.school_calendar.calendar import (
    LONDON,
    ONE_DAY,
    Calendar,
    is_bank_holiday,
    is_school_day,
)
from alongside.platform.web.formatting import format_weekday

ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class HalfTermlyRule:
    """A meeting in each half of a term: on a weekday (0 is Monday) of its nth week, at a time in London.

    Raises ValueError for a day at a weekend and for a week below 1.
    """

    weekday: int
    week: int
    at: time

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 4:
            raise ValueError("a meeting must be on a weekday, from 0 (Monday) to 4 (Friday)")
        if self.week < 1:
            raise ValueError("the week of a half-termly meeting must be 1 or more")


@dataclass(frozen=True, slots=True)
class MeetingDay:
    """A meeting of a series. `moved_from` is the day of the rule, if schools are closed on it."""

    day: date
    starts_at: datetime
    moved_from: date | None


def halves(calendar: Calendar) -> list[tuple[date, date]]:
    """Return the first and last day of each half of the declared terms, in order."""
    found: list[tuple[date, date]] = []
    for term in calendar.terms:
        found.append((term.starts_on, term.break_starts_on - ONE_DAY))
        found.append((term.break_ends_on + ONE_DAY, term.ends_on))
    return found


def days_of_series(calendar: Calendar, rule: HalfTermlyRule, first: date, last: date) -> list[MeetingDay]:
    """Return the meetings of a rule between two days, both included.

    A meeting whose day is closed moves to the next open week of its half term, or to the one before. A half term
    without an open day of that weekday has no meeting.
    """
    found = (_meeting(calendar, rule, *half) for half in halves(calendar))
    return [meeting for meeting in found if meeting is not None and first <= meeting.day <= last]


def closed_day_sentence(calendar: Calendar, day: date) -> str | None:
    """Return what to tell a person who plans a meeting on a day when schools are closed; None on a school day."""
    if is_school_day(calendar, day):
        return None
    named = format_weekday(day)
    if is_bank_holiday(calendar, day):
        return f"{named} is a bank holiday. Choose another day."
    if day.weekday() >= 5:
        return f"{named} is at a weekend. Choose another day."
    if day in calendar.inset_days:
        return f"Schools have a training day on {named}. Choose another day."
    return f"Schools are closed on {named}. Choose another day."


def _meeting(calendar: Calendar, rule: HalfTermlyRule, first: date, last: date) -> MeetingDay | None:
    """Return the meeting of one half term, or None if no day of its weekday is open."""
    candidate = first + ONE_DAY * ((rule.weekday - first.weekday()) % 7)
    candidates = []
    while candidate <= last:
        candidates.append(candidate)
        candidate += ONE_WEEK
    if not candidates:
        return None
    planned = min(rule.week, len(candidates)) - 1
    in_order = (*candidates[planned:], *reversed(candidates[:planned]))
    day = next((one for one in in_order if is_school_day(calendar, one)), None)
    if day is None:
        return None
    starts_at = datetime.combine(day, rule.at, LONDON).astimezone(UTC)
    return MeetingDay(day, starts_at, None if day == candidates[planned] else candidates[planned])
