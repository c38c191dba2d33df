"""Series of meetings: one in each half of a term, on the same weekday, never in a holiday."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.platform.school_calendar.calendar import LONDON, Calendar, TermDates, is_school_day
from alongside.platform.school_calendar.meeting_days import (
    HalfTermlyRule,
    closed_day_sentence,
    days_of_series,
    halves,
)

MONDAY, WEDNESDAY, FRIDAY = 0, 2, 4
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
    starts_on=date(2027, 1, 4),
    ends_on=date(2027, 3, 25),
    break_starts_on=date(2027, 2, 15),
    break_ends_on=date(2027, 2, 19),
)
SUMMER = TermDates(
    year="2026-27",
    name="summer",
    starts_on=date(2027, 4, 12),
    ends_on=date(2027, 7, 21),
    break_starts_on=date(2027, 5, 31),
    break_ends_on=date(2027, 6, 4),
)
CALENDAR = Calendar(
    (AUTUMN, SPRING, SUMMER),
    frozenset({date(2026, 9, 2)}),
    frozenset(),
    frozenset(),
    pause_in_holidays=True,
    school_day_ends=time(17),
)
FIRST, LAST = date(2026, 9, 1), date(2027, 8, 31)


def series(weekday: int, week: int, at: time = time(16)) -> list[date]:
    """Return the days of a series in the whole academic year."""
    found = days_of_series(CALENDAR, HalfTermlyRule(weekday, week, at), FIRST, LAST)
    return [meeting.day for meeting in found]


def test_a_year_has_one_meeting_in_each_half_of_a_term() -> None:
    assert series(WEDNESDAY, 3) == [
        date(2026, 9, 16),
        date(2026, 11, 18),
        date(2027, 1, 20),
        date(2027, 3, 10),
        date(2027, 4, 28),
        date(2027, 6, 23),
    ]


def test_a_meeting_on_a_bank_holiday_moves_to_the_next_week_and_says_so() -> None:
    found = days_of_series(
        CALENDAR, HalfTermlyRule(MONDAY, 4, time(16)), date(2027, 4, 12), date(2027, 5, 28)
    )
    assert [(meeting.day, meeting.moved_from) for meeting in found] == [(date(2027, 5, 10), date(2027, 5, 3))]


def test_a_meeting_on_a_training_day_moves_to_the_next_week() -> None:
    assert series(WEDNESDAY, 1)[0] == date(2026, 9, 9)


def test_a_week_that_a_half_of_a_term_does_not_have_means_its_last() -> None:
    assert series(FRIDAY, 12) == [
        date(2026, 10, 23),
        date(2026, 12, 18),
        date(2027, 2, 12),
        date(2027, 3, 19),
        date(2027, 5, 28),
        date(2027, 7, 16),
    ]


def test_a_last_day_that_is_closed_moves_to_the_week_before() -> None:
    closed = date(2026, 12, 18)
    calendar = Calendar(
        (AUTUMN,),
        frozenset({closed}),
        frozenset(),
        frozenset(),
        pause_in_holidays=True,
        school_day_ends=time(17),
    )
    found = days_of_series(calendar, HalfTermlyRule(FRIDAY, 12, time(16)), date(2026, 11, 1), LAST)
    assert [(meeting.day, meeting.moved_from) for meeting in found] == [(date(2026, 12, 11), closed)]


def test_only_meetings_between_the_two_days_are_in_the_series() -> None:
    found = days_of_series(
        CALENDAR, HalfTermlyRule(WEDNESDAY, 3, time(16)), date(2026, 11, 18), date(2027, 1, 20)
    )
    assert [meeting.day for meeting in found] == [date(2026, 11, 18), date(2027, 1, 20)]


def test_a_meeting_begins_at_the_same_time_in_london_in_summer_and_winter() -> None:
    found = days_of_series(CALENDAR, HalfTermlyRule(WEDNESDAY, 3, time(16, 30)), FIRST, LAST)
    assert found[0].starts_at == datetime(2026, 9, 16, 15, 30, tzinfo=UTC)
    assert found[1].starts_at == datetime(2026, 11, 18, 16, 30, tzinfo=UTC)


def test_without_declared_terms_a_series_is_empty() -> None:
    undeclared = Calendar(
        (), frozenset(), frozenset(), frozenset(), pause_in_holidays=True, school_day_ends=time(17)
    )
    assert days_of_series(undeclared, HalfTermlyRule(MONDAY, 1, time(16)), FIRST, LAST) == []


@pytest.mark.parametrize(("weekday", "week"), [(5, 1), (6, 1), (-1, 1), (0, 0)])
def test_a_rule_names_a_weekday_and_a_week_from_1(weekday: int, week: int) -> None:
    with pytest.raises(ValueError, match="week"):
        HalfTermlyRule(weekday, week, time(16))


@given(
    weekday=st.integers(min_value=0, max_value=4),
    week=st.integers(min_value=1, max_value=9),
    closed=st.sets(st.integers(min_value=0, max_value=322), max_size=120),
)
def test_each_meeting_is_on_its_weekday_in_its_own_half_on_a_school_day(
    weekday: int, week: int, closed: set[int]
) -> None:
    days = frozenset(AUTUMN.starts_on + timedelta(days=n) for n in closed)
    calendar = Calendar(
        CALENDAR.terms, days, frozenset(), frozenset(), pause_in_holidays=True, school_day_ends=time(17)
    )
    found = days_of_series(calendar, HalfTermlyRule(weekday, week, time(9)), FIRST, LAST)
    assert len(found) <= 6
    for meeting in found:
        assert meeting.day.weekday() == weekday
        assert is_school_day(calendar, meeting.day)
        assert meeting.starts_at.astimezone(LONDON).date() == meeting.day
    for first, last in halves(calendar):
        inside = [meeting.day for meeting in found if first <= meeting.day <= last]
        candidates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        possible = any(day.weekday() == weekday and is_school_day(calendar, day) for day in candidates)
        assert len(inside) == possible


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2027, 5, 3), "Monday 3 May 2027 is a bank holiday. Choose another day."),
        (date(2026, 12, 25), "Friday 25 December 2026 is a bank holiday. Choose another day."),
        (date(2026, 11, 21), "Saturday 21 November 2026 is at a weekend. Choose another day."),
        (date(2026, 9, 2), "Schools have a training day on Wednesday 2 September 2026. Choose another day."),
        (date(2026, 10, 28), "Schools are closed on Wednesday 28 October 2026. Choose another day."),
        (date(2027, 4, 1), "Schools are closed on Thursday 1 April 2027. Choose another day."),
        (date(2026, 11, 18), None),
    ],
)
def test_a_closed_day_gets_a_sentence(day: date, sentence: str | None) -> None:
    assert closed_day_sentence(CALENDAR, day) == sentence
