"""Days, money, dates, times, miles and counts read the same everywhere."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wtforms import Form

from alongside.platform.forms.fields import Pounds
from alongside.platform.web import formatting
from alongside.platform.web.formatting import (
    format_count,
    format_date,
    format_date_range,
    format_datetime,
    format_days,
    format_days_ago,
    format_deadline,
    format_hours,
    format_iso_date,
    format_miles,
    format_money,
    format_month,
    format_number,
    format_pounds,
    format_time,
    format_weekday,
)

FRIDAY = date(2026, 12, 11)
SUMMER_NIGHT = datetime(2027, 6, 1, 23, 5, tzinfo=UTC)
"""Five past midnight on 2 June in London."""


class Costs(Form):
    """A form with an amount."""

    pounds = Pounds("Cost", "Enter an amount")


CASES: list[tuple[Callable[..., str], tuple[Any, ...], str]] = [
    (format_days, (Decimal("2.5"),), "2.5 days"),
    (format_days, (Decimal("2.50"),), "2.5 days"),
    (format_days, (Decimal("1.0"),), "1 day"),
    (format_days, (Decimal("0.5"),), "0.5 days"),
    (format_days, (0,), "0 days"),
    (format_days, (Decimal(10),), "10 days"),
    (format_days, (1200.0,), "1,200 days"),
    (format_days, (None,), "not sure yet"),
    (format_hours, (1,), "1 hour"),
    (format_hours, (1.5,), "1.5 hours"),
    (format_money, (507_500,), "£5,075"),
    (format_money, (507_550,), "£5,075.50"),
    (format_money, (5,), "£0.05"),
    (format_money, (0,), "£0"),
    (format_money, (-123_456,), "-£1,234.56"),
    (format_money, (100_000_000,), "£1,000,000"),
    (format_money, (None,), "not given"),
    (format_date, (FRIDAY,), "11 December 2026"),
    (format_date, (SUMMER_NIGHT,), "2 June 2027"),
    (format_date, (None,), "not set"),
    (format_weekday, (FRIDAY,), "Friday 11 December 2026"),
    (format_month, (FRIDAY,), "December 2026"),
    (format_iso_date, (SUMMER_NIGHT,), "2027-06-02"),
    (format_iso_date, (None,), ""),
    (format_date_range, (date(2026, 12, 14), date(2026, 12, 18)), "14 to 18 December 2026"),
    (format_date_range, (date(2026, 11, 28), date(2026, 12, 2)), "28 November to 2 December 2026"),
    (format_date_range, (date(2026, 12, 28), date(2027, 1, 3)), "28 December 2026 to 3 January 2027"),
    (format_date_range, (FRIDAY, FRIDAY), "11 December 2026"),
    (format_time, (time(17),), "5pm"),
    (format_time, (time(9, 5),), "9:05am"),
    (format_time, (time(12),), "midday"),
    (format_time, (time(0),), "midnight"),
    (format_time, (time(12, 30),), "12:30pm"),
    (format_time, (datetime(2027, 6, 1, 16, tzinfo=UTC),), "5pm"),
    (format_datetime, (SUMMER_NIGHT,), "2 June 2027 at 12:05am"),
    (format_deadline, (datetime(2026, 12, 11, 17, tzinfo=UTC),), "5pm on Friday 11 December 2026"),
    (format_miles, (3.24,), "3.2 miles"),
    (format_miles, (1.04,), "1 mile"),
    (format_miles, (Decimal("0.5"),), "0.5 miles"),
    (format_miles, (20,), "20 miles"),
    (format_pounds, (507_550,), "5075.50"),
    (format_pounds, (None,), ""),
    (format_count, (1, "need"), "1 need"),
    (format_count, (1200, "need"), "1,200 needs"),
    (format_count, (0, "entry", "entries"), "0 entries"),
    (format_number, (Decimal(100),), "100"),
    (format_number, (Decimal("1E+2"),), "100"),
    (format_number, (2.5,), "2.5"),
    (format_days_ago, (date(2026, 12, 11), FRIDAY), "today"),
    (format_days_ago, (date(2026, 12, 10), FRIDAY), "yesterday"),
    (format_days_ago, (date(2026, 12, 8), FRIDAY), "3 days ago"),
    (format_days_ago, (date(2026, 12, 12), FRIDAY), "tomorrow"),
    (format_days_ago, (date(2026, 12, 13), FRIDAY), "in 2 days"),
    (format_days_ago, (None, FRIDAY), "never"),
]


@pytest.mark.parametrize(("function", "values", "text"), CASES)
def test_a_value_reads_as_people_say_it(
    function: Callable[..., str], values: tuple[Any, ...], text: str
) -> None:
    assert function(*values) == text


def test_every_format_has_a_value_in_the_table() -> None:
    functions = {value for name, value in vars(formatting).items() if name.startswith("format_")}
    assert functions == {function for function, _, _ in CASES}


@given(st.integers(0, 999_999_999))
def test_an_amount_that_is_shown_can_be_typed(pence: int) -> None:
    field = Costs().pounds
    assert field.read(format_money(pence)) == pence


@given(st.decimals(0, 200, places=1))
def test_a_number_keeps_its_value(value: Decimal) -> None:
    assert Decimal(format_number(value)) == value
