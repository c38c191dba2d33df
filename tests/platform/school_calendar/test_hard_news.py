"""When bad news is sent: at once, or on the next school morning that suits."""

from datetime import date, datetime, time

import pytest

from alongside.platform.school_calendar.calendar import LONDON, Calendar, TermDates
from alongside.platform.school_calendar.hard_news import held_until

AUTUMN = TermDates(
    year="2026-27",
    name="autumn",
    starts_on=date(2026, 9, 2),
    ends_on=date(2026, 12, 18),
    break_starts_on=date(2026, 10, 26),
    break_ends_on=date(2026, 10, 30),
)
SPRING = TermDates(
    year="2026-27",
    name="spring",
    starts_on=date(2027, 1, 5),
    ends_on=date(2027, 3, 25),
    break_starts_on=date(2027, 2, 15),
    break_ends_on=date(2027, 2, 19),
)
CALENDAR = Calendar(
    terms=(AUTUMN, SPRING),
    inset_days=frozenset({date(2026, 11, 30)}),
    added_holidays=frozenset(),
    removed_holidays=frozenset(),
    pause_in_holidays=True,
    school_day_ends=time(17),
)
OPENS = time(7, 30)


def at(day: str, clock: str) -> datetime:
    """A moment in London."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("day", "clock", "goes_out"),
    [
        ("2026-11-05", "16:00", None),
        ("2026-11-06", "11:59:59", None),
        ("2026-11-06", "12:00", "2026-11-09"),
        ("2026-11-08", "09:00", "2026-11-09"),
        ("2026-11-09", "00:01", None),
        ("2026-11-27", "12:00", "2026-12-01"),
        ("2026-11-30", "10:00", "2026-12-01"),
        ("2026-10-23", "13:00", "2026-11-02"),
        ("2026-12-16", "23:59", None),
        ("2026-12-17", "00:00", "2027-01-05"),
        ("2026-12-18", "09:00", "2027-01-05"),
        ("2026-12-28", "09:00", "2027-01-05"),
        ("2027-03-23", "09:00", None),
        ("2026-06-12", "11:59", None),
        ("2026-06-12", "12:00", "2026-06-15"),
    ],
)
def test_bad_news_waits_from_friday_noon_and_at_the_end_of_a_term(
    day: str, clock: str, goes_out: str | None
) -> None:
    """Each boundary in London time: noon, midnight, training days, half-term, both kinds of school year."""
    expected = None if goes_out is None else at(goes_out, "07:30")
    assert held_until(CALENDAR, at(day, clock), OPENS) == expected
