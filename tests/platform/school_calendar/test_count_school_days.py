"""School days: terms, breaks, bank holidays, training days; deadlines in London whatever the season."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.features.authorities.files import read_authority, tenants_folder
from alongside.features.authorities.settings_cache import calendar_from
from alongside.platform.school_calendar.bank_holidays import bank_holidays, easter_sunday
from alongside.platform.school_calendar.calendar import (
    Calendar,
    academic_year,
    add_school_days,
    deadline,
    end_of_school_day,
    is_bank_holiday,
    is_school_day,
    school_days_between,
    term_of,
    terms_from,
)
from tests.features.authorities.tenant_file_text import northshire, settings_with

CALENDAR = calendar_from(northshire())
DAY = timedelta(days=1)

# Source: https://www.gov.uk/bank-holidays, England and Wales, and its archive for the years past.
PUBLISHED = {
    2019: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
    2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_bank_holidays_are_those_the_government_published(year: int) -> None:
    first = date(year, 1, 1)
    days = (first + DAY * n for n in range(366))
    found = [f"{d:%m-%d}" for d in days if d.year == year and is_bank_holiday(CALENDAR, d)]
    assert " ".join(found) == PUBLISHED[year]


@given(st.integers(min_value=1900, max_value=2199))
def test_easter_is_the_sunday_after_the_churchs_full_moon(year: int) -> None:
    # An independent way: the paschal full moon of Gauss's rule as corrected, then the next Sunday.
    golden, century = year % 19, year // 100
    moon = (19 * golden + century - century // 4 - (8 * century + 13) // 25 + 15) % 30
    moon -= 1 if moon == 29 or (moon == 28 and golden > 10) else 0
    full = date(year, 3, 21) + DAY * moon
    assert easter_sunday(year) == full + DAY * (7 - (full.weekday() + 1) % 7)


@given(st.integers(min_value=1980, max_value=2100))
def test_a_year_has_eight_bank_holidays_all_on_weekdays(year: int) -> None:
    assert len(bank_holidays(year)) == 8
    assert all(day.weekday() < 5 for day in bank_holidays(year))


def listed_school_days() -> frozenset[date]:
    """All school days of 2025 to 2028, crossed off a wall calendar: not by the code under test."""
    days = set()
    for term in northshire().terms:
        day = term.starts_on
        while day <= term.ends_on:
            days.add(day)
            day += DAY
        day = term.break_starts_on
        while day <= term.break_ends_on:
            days.discard(day)
            day += DAY
    for year, marks in PUBLISHED.items():
        days -= {date.fromisoformat(f"{year}-{mark}") for mark in marks.split()}
    return frozenset(day for day in days if day.isoweekday() not in {6, 7})


LISTED = listed_school_days()
WITHIN = st.dates(date(2025, 9, 1), date(2028, 5, 31))


@given(WITHIN)
def test_a_school_day_is_one_on_the_wall_calendar(day: date) -> None:
    assert is_school_day(CALENDAR, day) == (day in LISTED)


@given(WITHIN, st.integers(min_value=1, max_value=30))
def test_adding_lands_on_the_nth_listed_day(start: date, days: int) -> None:
    later = sorted(day for day in LISTED if day > start)
    assert add_school_days(CALENDAR, start, days) == later[days - 1]


@given(WITHIN, WITHIN)
def test_between_counts_the_listed_days(start: date, end: date) -> None:
    first, last = sorted((start, end))
    count = len([day for day in LISTED if first < day <= last])
    assert school_days_between(CALENDAR, first, last) == count
    assert school_days_between(CALENDAR, last, first) == -count


@given(WITHIN, st.integers(min_value=0, max_value=60))
def test_between_undoes_adding(start: date, days: int) -> None:
    end = add_school_days(CALENDAR, start, days)
    assert is_school_day(CALENDAR, end)
    counted = school_days_between(CALENDAR, start, end)
    assert counted == days or (days == 0 and counted == 1 and not is_school_day(CALENDAR, start))


def test_500_deadlines_of_real_terms() -> None:
    wigan, _ = read_authority(tenants_folder() / "wigan.toml")
    assert wigan is not None
    calendar = calendar_from(wigan)
    open_days = sorted(LISTED - set(wigan.inset_days))
    starts = [date(2026, 9, 1) + DAY * (n * 3) for n in range(100)]
    for start in starts:
        for days in (1, 2, 5, 10, 60):
            expected = [day for day in open_days if day > start][days - 1]
            assert add_school_days(calendar, start, days) == expected, (start, days)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-10-22", 2, "2026-11-02"),  # over the autumn half term
        ("2026-12-17", 5, "2027-01-07"),  # over Christmas
        ("2027-03-24", 2, "2027-04-12"),  # over Good Friday, Easter Monday and the holidays
        ("2027-04-30", 1, "2027-05-04"),  # over the early May bank holiday
        ("2027-07-20", 2, "2027-09-01"),  # over the summer and into the next academic year
        ("2028-02-18", 1, "2028-02-28"),  # over half term towards a leap day
        ("2028-02-28", 1, "2028-02-29"),  # a leap day counts
    ],
)
def test_clocks_stand_still_in_holidays(start: str, days: int, due: str) -> None:
    assert add_school_days(CALENDAR, date.fromisoformat(start), days) == date.fromisoformat(due)


def test_an_authority_may_let_clocks_run_in_holidays(tmp_path: Path) -> None:
    running = calendar_from(settings_with(tmp_path, {"periods": {"pause_in_holidays": False}}))
    assert add_school_days(running, date(2026, 10, 22), 2) == date(2026, 10, 26)
    assert add_school_days(running, date(2027, 3, 24), 2) == date(2027, 3, 30)


def test_training_days_do_not_count(tmp_path: Path) -> None:
    calendar = calendar_from(settings_with(tmp_path, {"inset_days": [date(2026, 11, 2)]}))
    assert add_school_days(calendar, date(2026, 10, 22), 2) == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("day", "in_utc"),
    [
        ("2027-03-25", "2027-03-25T17:00"),  # before the clocks go forward on 28 March
        ("2027-04-12", "2027-04-12T16:00"),
        ("2027-10-22", "2027-10-22T16:00"),  # before they go back on 31 October
        ("2027-11-01", "2027-11-01T17:00"),
        ("2028-03-24", "2028-03-24T17:00"),  # 26 March 2028
        ("2028-03-27", "2028-03-27T16:00"),
        ("2028-10-27", "2028-10-27T16:00"),  # 29 October 2028
        ("2028-10-30", "2028-10-30T17:00"),
    ],
)
def test_a_school_day_ends_at_five_in_london(day: str, in_utc: str) -> None:
    ends = end_of_school_day(CALENDAR, date.fromisoformat(day))
    assert ends == datetime.fromisoformat(in_utc).replace(tzinfo=UTC)
    assert ends.astimezone(ZoneInfo("Europe/London")).time() == time(17)


def test_three_days_over_the_change_of_clocks_end_at_the_same_hour_by_the_wall(tmp_path: Path) -> None:
    # From Friday 26 to Monday 29 March 2027 the wall says 72 hours; 71 have gone by. Both are bank holidays.
    working = calendar_from(
        settings_with(
            tmp_path,
            {
                "periods": {"pause_in_holidays": False},
                "bank_holidays": {"removed": [date(2027, 3, 26), date(2027, 3, 29)]},
            },
        )
    )
    began = datetime(2027, 3, 26, 17, tzinfo=ZoneInfo("Europe/London"))
    due = deadline(working, began, 1)
    assert f"{due.astimezone(ZoneInfo('Europe/London')):%Y-%m-%d %H:%M}" == "2027-03-29 17:00"
    assert due - began.astimezone(UTC) == timedelta(hours=71)


@pytest.mark.parametrize("moment", ["2026-06-30T22:59:59+00:00", "2026-06-30T23:00:00+00:00"])
def test_the_day_something_began_is_londons_day(moment: str) -> None:
    began = datetime.fromisoformat(moment)
    due = deadline(CALENDAR, began, 1)
    expected = date(2026, 7, 1) if moment.startswith("2026-06-30T22") else date(2026, 7, 2)
    assert due == end_of_school_day(CALENDAR, expected)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ("2027-08-31", "2026-27"),
        ("2027-09-01", "2027-28"),
        ("1999-09-01", "1999-00"),
        ("2028-02-29", "2027-28"),
    ],
)
def test_the_academic_year_turns_on_the_first_of_september(day: str, year: str) -> None:
    assert academic_year(date.fromisoformat(day)) == year


def test_a_day_between_terms_is_in_none() -> None:
    spring = term_of(CALENDAR, date(2027, 2, 17))
    assert spring is not None
    assert (spring.name, spring.year) == ("spring", "2026-27")
    assert term_of(CALENDAR, date(2027, 4, 1)) is None
    assert [term.name for term in terms_from(CALENDAR, date(2028, 4, 1))] == ["summer"]


def test_an_escalation_open_for_400_days_is_counted() -> None:
    assert school_days_between(CALENDAR, date(2025, 9, 2), date(2025, 9, 2) + 400 * DAY) == len(
        [day for day in LISTED if date(2025, 9, 2) < day <= date(2025, 9, 2) + 400 * DAY]
    )


def test_years_without_declared_terms_keep_the_usual_holidays() -> None:
    assert is_school_day(CALENDAR, date(2031, 3, 12))
    assert not is_school_day(CALENDAR, date(2031, 8, 13))
    assert not is_school_day(CALENDAR, date(2030, 12, 24))
    assert add_school_days(CALENDAR, date(2031, 7, 21), 1) == date(2031, 9, 1)


def test_a_calendar_without_terms_still_gives_a_deadline() -> None:
    bare = Calendar(
        (), frozenset(), frozenset(), frozenset(), pause_in_holidays=True, school_day_ends=time(17)
    )
    assert add_school_days(bare, date(2026, 11, 20), 1) == date(2026, 11, 23)


def test_a_deadline_is_never_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        add_school_days(CALENDAR, date(2026, 11, 2), -1)
