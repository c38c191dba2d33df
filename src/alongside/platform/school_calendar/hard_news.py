"""When a school is told bad news: not just before a weekend or a holiday, when nobody is there to help."""

from datetime import UTC, date, datetime, time

from alongside.platform.school_calendar.calendar import (
    LONDON,
    ONE_DAY,
    Calendar,
    is_school_day,
    term_of,
)

NOON = time(12)
FRIDAY = 4
LAST_DAYS = 2
"""The number of school days at the end of a term on which no bad news is sent."""


def held_until(calendar: Calendar, moment: datetime, opens: time) -> datetime | None:
    """Return the time (UTC) to which bad news waits that a sender sends at `moment`; None if it is sent at once.

    It waits from noon on a Friday, on days without school, and on the last two school days of a term. It is sent when
    the next school morning begins that is none of these; `opens` is the time of that, in London.
    """
    here = moment.astimezone(LONDON)
    day = here.date()
    if _is_suitable(calendar, day) and not (day.weekday() == FRIDAY and here.time() >= NOON):
        return None
    day += ONE_DAY
    while not _is_suitable(calendar, day):
        day += ONE_DAY
    return datetime.combine(day, opens, LONDON).astimezone(UTC)


def _is_suitable(calendar: Calendar, day: date) -> bool:
    return is_school_day(calendar, day) and not _ends_term(calendar, day)


def _ends_term(calendar: Calendar, day: date) -> bool:
    """Return whether a school day is one of the last of its term."""
    term = term_of(calendar, day)
    if term is None:
        return False
    left = range((term.ends_on - day).days)
    return sum(is_school_day(calendar, day + ONE_DAY * (n + 1)) for n in left) < LAST_DAYS
