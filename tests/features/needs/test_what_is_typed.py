"""Any typed text is stored and shown unchanged, escaped, and without errors."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wtforms import Form

from alongside.platform.forms.content_checks import may_be_safeguarding, may_name_a_pupil
from alongside.platform.forms.fields import Count, Day, HalfDays
from alongside.platform.web.form_data import FormData
from tests.client import Client, attribute, element, soup
from tests.features.needs.form_values import form_at, need
from tests.personas import HEAD_OF_MILL

HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "\"'><img src=x onerror=alert(1)>",
            "{{ 7 * 7 }}{% raw %}",
            "'; DROP TABLE need; --",
            "%(title)s %s :title $1 \\",
            "\u202etxet desrever\u200b",
            "💥" * 30,
            "ﷺ é",
            "&amp;&lt;",
        ]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80),
)


ANYTHING = st.text(st.characters(exclude_characters="\0\r"), max_size=12)
"""The form parser refuses NUL in every form and normalises line endings."""


class Fields(Form):
    days = HalfDays("Days", "Enter days")
    day = Day("Day", "Enter a date")
    count = Count("Count", "Enter a number", 1, 50)


def reading(**typed: str) -> Form:
    form = Fields(FormData(typed.items()))
    form.validate()
    return form


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=HOSTILE, wanted=HOSTILE)
async def test_hostile_words_come_back_as_words(client: Client, title: str, wanted: str) -> None:
    ticks = {"checked_no_pupil": "y", "checked_not_safeguarding": "y", "checked_second": "y"}
    sent = need(title=title, wanted=wanted, **ticks)
    refused = await client.post("/needs", sent | {"urgency": "", "theme": "mathematics"}, as_=HEAD_OF_MILL)
    assert refused.status_code == 422
    page = soup(refused)
    assert element(page, 'textarea[name="wanted"]').get_text().strip() == wanted.strip()
    assert attribute(element(page, 'input[name="title"]'), "value").split() == title.split()
    kept = await client.post("/needs", sent, as_=HEAD_OF_MILL)
    if not any(one.isalnum() for one in title) or not wanted.strip():
        assert kept.status_code == 422
        return
    assert kept.status_code == 303, kept.text
    where = kept.headers["location"]
    shown = await client.get(where, as_=HEAD_OF_MILL)
    assert soup(shown).select_one("main script, main img, main [onerror]") is None
    stored = await form_at(client, f"{where}/edit")
    assert stored["title"] == " ".join(title.split())
    assert stored["wanted"] == wanted.strip()


@given(typed=ANYTHING)
def test_days_are_halves_or_a_mistake_with_what_was_typed(typed: str) -> None:
    field: Any = reading(days=typed)["days"]
    if field.errors:
        assert list(field.errors) == ["Enter days"]
    elif field.data is not None:
        assert Decimal(0) < field.data <= 200
        assert (field.data * 2) % 1 == 0
    assert field._value() == typed


@given(halves=st.integers(1, 400))
def test_days_are_shown_as_they_are_read(halves: int) -> None:
    days = Decimal(halves) / 2
    field: Any = Fields(data={"days": days})["days"]
    shown = field._value()
    assert reading(days=shown)["days"].data == days


@given(day=st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_a_date_is_read_in_both_ways_of_writing_it(day: Any) -> None:
    assert reading(day=day.isoformat())["day"].data == day
    assert reading(day=f"{day.day}/{day.month}/{day.year}")["day"].data == day


@given(typed=ANYTHING)
def test_no_text_breaks_a_date_or_a_count(typed: str) -> None:
    form: Any = reading(day=typed, count=typed)
    assert form["day"].data is None or not form["day"].errors
    assert form["count"].data is None or 1 <= form["count"].data <= 50


@pytest.mark.parametrize(
    "text",
    [
        "a pupil called Jack",
        "the boy J. Smith",
        "pupils named Tom and Ann",
        "child A is new",
        "the son of Mrs Jones",
        "Tom’s EHCP",
        "UPN H801200001001",
        "DOB 03/05/2014",
        "born on 3rd May 2014",
    ],
)
def test_words_in_which_a_pupil_may_be_recognised_are_found(text: str) -> None:
    assert may_name_a_pupil([None, "", f"We ask because {text} needs help."])


@pytest.mark.parametrize(
    "text",
    [
        "Pupil Premium strategy",
        "child Protection policy is sound",
        "student Council",
        "each child in Year 6 reads",
        "boys and girls in Reception",
        "parents of Year 6 pupils",
        "the phone number is 01942 123456",
        "school opened on 3 May 2014",
    ],
)
def test_ordinary_words_of_schools_name_nobody(text: str) -> None:
    assert may_name_a_pupil([text]) is None


def test_words_of_harm_are_found_and_the_theme_itself_is_not() -> None:
    assert may_be_safeguarding(["There was a Disclosure in Year 9"]) == "Disclosure"
    assert may_be_safeguarding(["We want our safeguarding audit reviewed"]) is None
