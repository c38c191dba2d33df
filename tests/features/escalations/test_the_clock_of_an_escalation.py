"""Deadlines over ten years checked against an independent calendar, pauses, and their texts."""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.features.authorities.settings_cache import calendar_from
from alongside.features.escalations.deadlines import (
    STAGES,
    STEPS,
    Pause,
    clock_label,
    clock_status,
    days_for,
    deadline_of,
    ladder,
)
from alongside.platform.school_calendar.calendar import Calendar, TermDates, with_own_days
from tests.features.authorities.tenant_file_text import northshire

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)

# Source: https://www.gov.uk/bank-holidays and its archive (as printed, not by our rule); 2029 and 2030 by the Act of 1971.
HOLIDAYS = {
    2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    2029: "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
    2030: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
    2031: "01-01 04-11 04-14 05-05 05-26 08-25 12-25 12-26",
}
PUBLISHED = frozenset(
    date.fromisoformat(f"{year}-{mark}") for year, marks in HOLIDAYS.items() for mark in marks.split()
)

# Terms of eleven school years as lists of (first, break from, break to, last), written by hand after English patterns.
YEARS = {
    2020: "09-02 10-26 10-30 12-18 | 01-04 02-15 02-19 03-26 | 04-12 05-31 06-04 07-21",
    2021: "09-02 10-25 10-29 12-17 | 01-04 02-21 02-25 04-01 | 04-19 05-30 06-03 07-21",
    2022: "09-05 10-24 10-28 12-16 | 01-03 02-13 02-17 03-31 | 04-17 05-29 06-02 07-21",
    2023: "09-04 10-30 11-03 12-22 | 01-08 02-12 02-16 03-28 | 04-15 05-27 05-31 07-23",
    2024: "09-02 10-28 11-01 12-20 | 01-06 02-17 02-21 04-04 | 04-22 05-26 05-30 07-22",
    2025: "09-02 10-27 10-31 12-19 | 01-05 02-16 02-20 03-27 | 04-13 05-25 05-29 07-21",
    2026: "09-01 10-26 10-30 12-18 | 01-04 02-15 02-19 03-25 | 04-12 05-31 06-04 07-21",
    2027: "09-01 10-25 10-29 12-17 | 01-04 02-21 02-25 03-31 | 04-18 05-29 06-02 07-21",
    2028: "09-04 10-23 10-27 12-20 | 01-03 02-12 02-16 03-29 | 04-16 05-28 06-01 07-24",
    2029: "09-03 10-22 10-26 12-21 | 01-07 02-18 02-22 04-05 | 04-23 05-27 05-31 07-23",
    2030: "09-02 10-28 11-01 12-20 | 01-06 02-17 02-21 04-04 | 04-22 05-26 05-30 07-22",
}
INSET = ["2026-09-01", "2027-01-04", "2028-06-05", "2029-09-03", "2024-07-22"]


def day_in(year: int, mark: str) -> date:
    """A day of a school year that began in September of `year`."""
    return date.fromisoformat(f"{year if mark >= '09' else year + 1}-{mark}")


def declared(years: dict[int, str]) -> tuple[TermDates, ...]:
    """The same terms as settings declare them."""
    made = []
    for year, line in years.items():
        for name, term in zip(("autumn", "spring", "summer"), line.split(" | "), strict=True):
            first, pause, until, last = (day_in(year, mark) for mark in term.split())
            made.append(
                TermDates(
                    year=f"{year}-{(year + 1) % 100:02d}",
                    name=name,  # type: ignore[arg-type]
                    starts_on=first,
                    ends_on=last,
                    break_starts_on=pause,
                    break_ends_on=until,
                )
            )
    return tuple(made)


CALENDAR = Calendar(
    declared(YEARS),
    frozenset(map(date.fromisoformat, INSET)),
    frozenset({date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)}),
    frozenset({date(2022, 5, 30)}),
    pause_in_holidays=True,
    school_day_ends=time(17),
)


@lru_cache
def wall_calendar() -> tuple[date, ...]:
    """Every day on which pupils are in school, ticked off by hand, as it were: none of our calendar's code."""
    days: set[date] = set()
    for year, line in YEARS.items():
        for term in line.split(" | "):
            first, pause, until, last = (day_in(year, mark) for mark in term.split())
            span = {first + DAY * n for n in range((last - first).days + 1)}
            days |= {one for one in span if not pause <= one <= until}
    closed = PUBLISHED | {date.fromisoformat(one) for one in INSET}
    return tuple(sorted(one for one in days - closed if one.isoweekday() < 6))


def last_sunday(year: int, month: int) -> date:
    """The last Sunday of a month of 31 days: when clocks change at 01:00 UTC."""
    last = date(year, month, 31)
    return last - DAY * (last.isoweekday() % 7)


def five_o_clock(day: date) -> datetime:
    """17:00 in London in UTC, by the rule of the law and not by a time zone database."""
    summer = last_sunday(day.year, 3) <= day < last_sunday(day.year, 10)
    return datetime(day.year, day.month, day.day, 16 if summer else 17, tzinfo=UTC)


def london_day(moment: datetime) -> date:
    """The day in London of a moment in UTC, by the same rule."""
    starts = datetime.combine(last_sunday(moment.year, 3), time(1), UTC)
    ends = datetime.combine(last_sunday(moment.year, 10), time(1), UTC)
    return (moment + timedelta(hours=starts <= moment < ends)).date()


def moments(first: date, last: date) -> st.SearchStrategy[datetime]:
    """Any moment between two days, in UTC."""
    start = datetime.combine(first, time(), UTC)
    return st.integers(0, (last - first).days * 86400).map(lambda second: start + timedelta(seconds=second))


MOMENTS = moments(date(2020, 10, 1), date(2030, 10, 1))
DAYS = st.integers(1, 40)


@settings(max_examples=300, deadline=None)
@given(MOMENTS, DAYS)
def test_a_deadline_is_the_nth_day_on_the_wall_calendar_over_ten_years(began_at: datetime, days: int) -> None:
    school_days = wall_calendar()
    expected = school_days[bisect_right(school_days, london_day(began_at)) + days - 1]
    assert deadline_of(CALENDAR, began_at, days) == five_o_clock(expected)


@settings(max_examples=200, deadline=None)
@given(MOMENTS, DAYS, st.lists(st.tuples(st.integers(0, 60 * 24), st.integers(0, 40 * 24)), max_size=4))
def test_days_at_whose_close_the_clock_stood_still_do_not_count(
    began_at: datetime, days: int, spans: list[tuple[int, int]]
) -> None:
    pauses, at = [], began_at
    for wait, lasts in spans:
        since = at + timedelta(hours=wait)
        at = since + timedelta(hours=lasts)
        pauses.append(Pause("school", since, at))
    counted = []
    school_days = wall_calendar()
    for day in school_days[bisect_right(school_days, london_day(began_at)) :]:
        closes = five_o_clock(day)
        if not any(p.since <= closes < p.until for p in pauses if p.until):
            counted.append(day)
        if len(counted) == days:
            break
    assert deadline_of(CALENDAR, began_at, days, pauses) == five_o_clock(counted[-1])


OWN = {2027: "09-06 10-18 10-22 12-22 | 01-10 02-14 02-18 04-07 | 04-24 05-29 06-02 07-26"}


@settings(max_examples=100, deadline=None)
@given(moments(date(2027, 8, 1), date(2028, 7, 31)), DAYS)
def test_a_schools_own_terms_and_training_days_stand_in_place_of_the_authoritys(
    began_at: datetime, days: int
) -> None:
    own = with_own_days(CALENDAR, declared(OWN), frozenset({date(2027, 9, 6), date(2028, 9, 5)}))
    elsewhere = [day for day in wall_calendar() if not date(2027, 9, 1) <= day <= date(2028, 8, 31)]
    here = []
    for term in OWN[2027].split(" | "):
        first, pause, until, last = (day_in(2027, mark) for mark in term.split())
        span = (first + DAY * n for n in range((last - first).days + 1))
        here += [d for d in span if d.isoweekday() < 6 and not pause <= d <= until]
    closed = PUBLISHED | {date(2027, 9, 6), date(2028, 9, 5)}
    school_days = sorted({*elsewhere, *here} - closed)
    expected = school_days[bisect_right(school_days, london_day(began_at)) + days - 1]
    assert deadline_of(own, began_at, days) == five_o_clock(expected)


def at(written: str) -> datetime:
    """A moment by the clock in London."""
    return datetime.fromisoformat(written).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("began", "days", "due"),
    [
        (
            "2027-03-25T16:59",
            1,
            "2027-04-12T16:00",
        ),  # over the change on 28 March 2027, Easter and the holidays
        ("2027-10-22T09:00", 1, "2027-11-01T17:00"),  # over half term and the change on 31 October 2027
        ("2028-03-24T09:00", 1, "2028-03-27T16:00"),  # over the weekend of 26 March 2028
        ("2028-10-20T09:00", 5, "2028-11-03T17:00"),  # over half term and the change on 29 October 2028
        ("2028-02-28T09:00", 1, "2028-02-29T17:00"),  # a leap day counts
        ("2027-12-17T17:00", 1, "2028-01-04T17:00"),  # Christmas at a weekend, with both substitutes
        ("2026-08-31T12:00", 1, "2026-09-02T16:00"),  # the academic year turns; 1 September is a training day
        ("2027-10-31T01:30", 1, "2027-11-01T17:00"),  # half past one, which comes twice that night
    ],
)
def test_deadlines_over_the_changes_of_clocks_leap_days_and_the_turn_of_the_year(
    began: str, days: int, due: str
) -> None:
    assert deadline_of(CALENDAR, at(began), days) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_moment_that_no_clock_shows_begins_on_its_day() -> None:
    assert deadline_of(CALENDAR, at("2027-03-28T01:30"), 1) == five_o_clock(date(2027, 4, 12))


def test_an_escalation_open_for_400_days_is_counted() -> None:
    began = datetime(2026, 9, 1, 9, tzinfo=UTC)
    later = [day for day in wall_calendar() if day > date(2026, 9, 1)]
    reading = clock_status(CALENDAR, began, 2, [], began + 400 * DAY)
    late_by = len([day for day in later if later[1] < day <= (began + 400 * DAY).date()])
    assert reading.late
    assert reading.days_left == -late_by


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-11-23T09:00", "3 school days left, by 5pm on Thursday 26 November 2026"),
        ("2026-11-25T09:00", "1 school day left, by 5pm on Thursday 26 November 2026"),
        ("2026-11-26T16:59", "Due today, by 5pm"),
        ("2026-11-26T17:01", "Was due by 5pm on Thursday 26 November 2026"),
        ("2026-11-30T09:00", "Was due by 5pm on Thursday 26 November 2026, 2 school days ago"),
    ],
)
def test_time_left_is_told_as_people_say_it(now: str, words: str) -> None:
    assert clock_label(clock_status(CALENDAR, at("2026-11-20T12:00"), 4, [], at(now))) == words


def test_a_clock_that_stands_still_says_for_whom_and_since_when() -> None:
    waiting = [Pause("school", at("2026-11-24T10:00"))]
    reading = clock_status(CALENDAR, at("2026-11-20T12:00"), 4, waiting, at("2026-12-10T10:00"))
    assert reading.due_at is None
    assert clock_label(reading) == (
        "Waiting for the school since Tuesday 24 November 2026; 3 school days left when the clock restarts"
    )
    resumed = [Pause("school", at("2026-11-24T10:00"), at("2026-11-25T10:00"))]
    due = deadline_of(CALENDAR, at("2026-11-20T12:00"), 4, resumed)
    assert due == five_o_clock(date(2026, 11, 27))


def test_a_deadline_that_had_passed_is_not_undone_by_waiting() -> None:
    waiting = [Pause("school", at("2026-11-27T10:00"))]
    reading = clock_status(CALENDAR, at("2026-11-20T12:00"), 4, waiting, at("2026-11-30T10:00"))
    assert reading.due_at == five_o_clock(date(2026, 11, 26))
    assert reading.late


def test_every_urgency_of_an_authority_has_every_stage() -> None:
    for key in northshire().escalation_urgencies:
        assert all(days_for(northshire(), key, stage) >= 1 for stage in STAGES)
    with pytest.raises(KeyError):
        days_for(northshire(), "nobody_said_so", "decide")
    with pytest.raises(ValueError, match="one school day"):
        deadline_of(CALENDAR, at("2026-11-20T12:00"), 0)


@settings(max_examples=80, deadline=None)
@given(MOMENTS, DAYS)
def test_reminders_go_out_on_mornings_of_school_days_and_in_order(began_at: datetime, days: int) -> None:
    due_at = deadline_of(CALENDAR, began_at, days)
    assert due_at is not None
    rungs = ladder(CALENDAR, northshire().escalation_reminders, due_at, time(7, 30))
    assert [rung.step for rung in rungs] == list(STEPS)
    assert [rung.at for rung in rungs] == sorted(rung.at for rung in rungs)
    for rung in rungs:
        assert rung.at.astimezone(LONDON).time() == time(7, 30)
        assert rung.at.astimezone(LONDON).date() in wall_calendar()


def test_the_calendar_of_the_settings_is_the_one_that_is_counted_by() -> None:
    assert deadline_of(calendar_from(northshire()), at("2026-12-17T12:00"), 5) == five_o_clock(
        date(2027, 1, 7)
    )
