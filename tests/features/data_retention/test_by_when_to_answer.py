"""The due date of a subject access request, by the rule of the Information Commissioner."""

from datetime import date

import pytest

from alongside.features.authorities.settings_cache import calendar_from
from alongside.features.data_retention.response_deadline import answer_by
from tests.features.authorities.tenant_file_text import northshire


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (
            "2026-09-03",
            "2026-10-05",
        ),  # the ICO's own kind of example: the 3rd of the next month is a Saturday
        ("2026-11-25", "2026-12-29"),  # Christmas Day, Boxing Day at a weekend, its substitute on the 28th
        ("2027-01-31", "2027-03-01"),  # February has no 31st; its last day is a Sunday
        ("2028-01-31", "2028-02-29"),  # a leap day
        ("2027-02-28", "2027-03-30"),  # a Sunday, then Easter Monday
        ("2026-12-01", "2027-01-04"),  # New Year's Day is a Friday
        ("2026-03-02", "2026-04-02"),
    ],
)
def test_the_same_day_of_the_next_month_or_the_next_working_day(asked: str, due: str) -> None:
    assert answer_by(calendar_from(northshire()), date.fromisoformat(asked)) == date.fromisoformat(due)
