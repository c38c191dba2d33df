"""Dates that suit a school, typed in one line: up to three days, or a period."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from alongside.features.visit_requests.models import MOST_DATES
from alongside.platform.school_calendar.calendar import Calendar, is_school_day, school_days_between
from alongside.platform.web.date_fields import CENTURY, MONTHS
from alongside.platform.web.formatting import format_date, format_date_range, format_weekday

DATES_HINT = "Up to three dates, like 12 January, 14 January and 19 January 2027"
HINT = f"{DATES_HINT}. Or a period, like 11 to 22 January 2027"
UNREADABLE = "Enter dates like 12 January 2027 and 14 January 2027, or a period like 11 to 22 January 2027"
TOO_MANY = f"Enter {MOST_DATES} dates or fewer, or a period like 11 to 22 January 2027"
LONGEST_PERIOD = 93
FURTHEST_AHEAD = 366
BETWEEN = re.compile(r"\s*(?:,|;|\band\b|\bor\b|\n)\s*", re.IGNORECASE)
PERIOD = re.compile(r"\s*(?:\bto\b|\buntil\b|–|—)\s*", re.IGNORECASE)
NUMBERS = re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})(?:[/.](?P<year>\d{4}))?", re.ASCII)
YEAR_FIRST = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
WORDS = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri)day\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    r"(?:\s+(?P<month>[a-z]{3,9}))?(?:\s+(?P<year>\d{4}))?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SuitableDates:
    """Up to three days, or a period from `earliest_on` to `latest_on` (then there are no `dates`)."""

    dates: tuple[date, ...]
    earliest_on: date
    latest_on: date

    def include(self, day: date) -> bool:
        """Return whether a day is one of the dates or in the period."""
        return day in self.dates if self.dates else self.earliest_on <= day <= self.latest_on

    def described(self) -> str:
        """Return the dates or the period in words."""
        return described(self.dates) or format_date_range(self.earliest_on, self.latest_on)


def described(dates: Sequence[date]) -> str:
    """Return dates in words: Tuesday 12 January 2027 or Thursday 14 January 2027; empty for none."""
    return " or ".join(format_weekday(day) for day in dates)


def read_dates(text: str, today: date) -> SuitableDates:
    """Read dates or a period; what lacks a month or a year has those of the next date, or the next such day.

    Raises ValueError with the sentence for the person who typed them.
    """
    sides = [one for one in PERIOD.split(text.strip()) if one]
    if len(sides) == 2:
        first, last = _days(sides, today)
        if not first <= last <= date.fromordinal(first.toordinal() + LONGEST_PERIOD):
            raise ValueError("Enter a period that ends within three months of its start")
        return SuitableDates((), first, last)
    parts = [one for one in BETWEEN.split(text.strip()) if one]
    if not parts or len(sides) > 2:
        raise ValueError(UNREADABLE)
    if len(parts) > MOST_DATES:
        raise ValueError(TOO_MANY)
    days = sorted(set(_days(parts, today)))
    return SuitableDates(tuple(days), days[0], days[-1])


def require_school_days(found: SuitableDates, calendar: Calendar, today: date, school: str) -> None:
    """Check that the school is open on the dates, or on some day of the period, and that they are in the future.

    Raises ValueError with the sentence for the person who typed them.
    """
    if found.earliest_on <= today:
        raise ValueError("Enter dates after today")
    if (found.latest_on - today).days > FURTHEST_AHEAD:
        raise ValueError("Enter dates within the next year")
    closed = [day for day in found.dates if not is_school_day(calendar, day)]
    if closed:
        named = " and ".join(format_date(day) for day in closed)
        raise ValueError(f"{school} is closed on {named}. Enter school days")
    day_before = date.fromordinal(found.earliest_on.toordinal() - 1)
    if not found.dates and school_days_between(calendar, day_before, found.latest_on) == 0:
        raise ValueError(f"{school} is closed throughout this period. Enter a period in term")


def _days(parts: Iterable[str], today: date) -> list[date]:
    """Return the dates, the last one first read, because those before it borrow its month and year."""
    days: list[date] = []
    month, year = "", ""
    for part in reversed(list(parts)):
        found = NUMBERS.fullmatch(part) or YEAR_FIRST.fullmatch(part) or WORDS.fullmatch(part)
        if found is None:
            raise ValueError(UNREADABLE)
        month, year = found["month"] or month, found["year"] or year
        days.insert(0, _day(found["day"], month, year, today))
        year = year or str(days[0].year)
    return days


def _day(day: str, month: str, year: str, today: date) -> date:
    short = month.lower()[:3]
    number = MONTHS.index(short) + 1 if short in MONTHS else int(month) if month.isdecimal() else 0
    try:
        if year:
            if int(year) not in CENTURY:
                raise ValueError(UNREADABLE)
            return date(int(year), number, int(day))
        found = date(today.year, number, int(day))
        return found if found > today else found.replace(year=today.year + 1)
    except ValueError:
        raise ValueError(UNREADABLE) from None
