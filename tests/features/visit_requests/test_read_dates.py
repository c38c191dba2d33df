"""Dates as people type them: up to three days, or a period."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.features.authorities import calendar_of
from alongside.features.visit_requests.dates import read_dates, require_school_days
from tests.personas import NORTHSHIRE

TODAY = date(2026, 11, 24)
TWELFTH, FOURTEENTH, NINETEENTH = date(2027, 1, 12), date(2027, 1, 14), date(2027, 1, 19)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("12 January 2027", (TWELFTH,)),
        ("12 jan", (TWELFTH,)),
        ("Tuesday 12th January", (TWELFTH,)),
        ("12/1/2027", (TWELFTH,)),
        ("2027-01-12", (TWELFTH,)),
        ("12, 14 and 19 January 2027", (TWELFTH, FOURTEENTH, NINETEENTH)),
        ("19 January or 12 January", (TWELFTH, NINETEENTH)),
        ("12 January, 12 January", (TWELFTH,)),
    ],
)
def test_dates_are_read(text: str, days: tuple[date, ...]) -> None:
    found = read_dates(text, TODAY)
    assert found.dates == days
    assert (found.earliest_on, found.latest_on) == (days[0], days[-1])


@pytest.mark.parametrize(
    "text", ["12 to 19 January 2027", "12 January – 19 January", "12/1/2027 until 19/1/2027"]
)
def test_a_period_is_read(text: str) -> None:
    found = read_dates(text, TODAY)
    assert (found.dates, found.earliest_on, found.latest_on) == ((), TWELFTH, NINETEENTH)
    assert found.include(FOURTEENTH) and not found.include(date(2027, 1, 20))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("any Tuesday", "Enter dates like"),
        ("31 February 2027", "Enter dates like"),
        ("12 Smarch", "Enter dates like"),
        ("1, 2, 3 and 4 March 2027", "3 dates or fewer"),
        ("19 to 12 January 2027", "ends within three months"),
        ("12 January to 12 June 2027", "ends within three months"),
        ("1 to 2 to 3 March 2027", "Enter dates like"),
        ("12", "Enter dates like"),
    ],
)
def test_what_is_no_date_is_refused_with_an_example(text: str, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        read_dates(text, TODAY)


@given(st.text(alphabet="0123456789 /-.,toandJanuryMch–", max_size=40))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        found = read_dates(text, TODAY)
    except ValueError:
        return
    assert found.earliest_on <= found.latest_on and len(found.dates) <= 3


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("24 November 2026", "after today"),
        ("25 December 2026", "closed on 25 December 2026"),
        ("28 to 30 December 2026", "closed throughout"),
        ("12 January 2029", "within the next year"),
    ],
)
def test_the_school_must_be_open(text: str, error: str) -> None:
    found = read_dates(text, TODAY)
    with pytest.raises(ValueError, match=error):
        require_school_days(found, calendar_of(NORTHSHIRE), TODAY, "Mill Primary School")
