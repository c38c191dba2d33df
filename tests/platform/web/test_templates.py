"""The Jinja environment and the form components, with hostile text."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from wtforms import (
    BooleanField,
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from alongside.platform.web.components import error_summary, form_field
from alongside.platform.web.date_fields import DayField
from alongside.platform.web.form_data import FormData
from alongside.platform.web.templates import ASSETS, asset, make_environment
from tests.client import attribute, element

ROOT = Path(__file__).parents[3]
ENVIRONMENT = make_environment(ROOT / "templates")
NEEDED = InputRequired("Say it")
FEW = [("a", "Apple"), ("b", "Pear")]
MANY = [(str(number), f"Number {number}") for number in range(12)]
"""More choices than are shown as radios."""


class EveryField(Form):
    """One field of each kind, each with a hint and each required."""

    line = StringField("A line", [NEEDED], description="A hint")
    passage = TextAreaField("A passage", [NEEDED, Length(max=400)], description="A hint")
    pick = SelectField("Pick one", [NEEDED], choices=FEW, validate_choice=False, description="A hint")
    choose = SelectField("Choose one", [NEEDED], choices=MANY, validate_choice=False, description="A hint")
    radio = RadioField("One of two", [NEEDED], choices=FEW, validate_choice=False, description="A hint")
    several = SelectMultipleField(
        "Several", [NEEDED], choices=FEW, validate_choice=False, description="A hint"
    )
    tick = BooleanField("Tick this", [NEEDED], description="A hint")
    starts_on = DayField("From", validators=[NEEDED], description="A hint")


NAMES = tuple(EveryField()._fields)


class Alone(Form):
    """A form with only a date."""

    starts_on = DayField("From (optional)", "Enter a real date")


def sent(**typed: str) -> FormData:
    """Return form data as a browser sends it."""
    return FormData(typed.items())


def read(markup: str) -> BeautifulSoup:
    """Parse markup as a browser does."""
    return BeautifulSoup(str(markup), "html5lib")


def test_a_name_that_nobody_gave_is_an_error() -> None:
    """An undefined variable fails in a test instead of leaving a gap on a page."""
    with pytest.raises(UndefinedError):
        ENVIRONMENT.from_string("{{ need.titel }}").render(need=object())


def test_text_is_escaped_unless_it_came_from_a_component() -> None:
    """Text is escaped, however it reaches the page."""
    shown = ENVIRONMENT.from_string("<p title='{{ text }}'>{{ text }}</p>").render(text="'><script>")
    assert shown == "<p title='&#39;&gt;&lt;script&gt;'>&#39;&gt;&lt;script&gt;</p>"


@pytest.mark.parametrize("name", NAMES)
def test_a_field_says_its_label_its_hint_and_its_mistake_to_a_screen_reader(name: str) -> None:
    """Every kind of field has a label or legend, and both hint and error in aria-describedby."""
    form = EveryField(sent(other="x"))
    assert not form.validate()
    page = read(form_field(form[name]))
    inputs = page.select("input:not([type=hidden]), select, textarea")
    assert inputs
    named = element(page, "legend, label")
    assert form[name].label.text in (named.get_text() if name != "tick" else page.get_text())
    described = attribute(element(page, "[aria-describedby]"), "aria-describedby").split()
    output = " ".join(element(page, f'[id="{one}"]').get_text(" ") for one in described)
    assert "A hint" in output
    assert "Error:" in output and "Say it" in output
    for one in inputs:
        assert page.select_one(f'label[for="{one["id"]}"]'), f"{one['id']} has no label"
    ids = [one["id"] for one in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_each_mistake_in_the_summary_leads_to_an_input() -> None:
    """A link in the error summary goes to the input with the error."""
    form = EveryField(sent(other="x"))
    form.validate()
    page = read(str(error_summary(form)) + "".join(str(form_field(one)) for one in form))
    links = [attribute(one, "href") for one in page.select(".govuk-error-summary a")]
    assert len(links) == len(NAMES)
    for link in links:
        found = page.select_one(f'[id="{link.removeprefix("#")}"]')
        assert found is not None and found.name in ("input", "select", "textarea")
    assert page.select_one(".govuk-error-summary [role=alert]")
    assert error_summary(EveryField()) == ""


def test_a_mistake_of_the_whole_form_is_listed_without_a_link() -> None:
    """There is no single field to link to."""
    form = EveryField(sent(line="x"))
    form.form_errors.append("These two do not go together")
    assert "These two do not go together" in read(error_summary(form)).get_text()


def test_a_long_text_counts_its_characters() -> None:
    """The limit is shown before it is reached."""
    passage = read(form_field(EveryField()["passage"]))
    assert element(passage, "[data-maxlength]")["data-maxlength"] == "400"


def test_few_choices_are_radios_and_many_or_above_a_list_a_select() -> None:
    """Radios show all choices; above a list there is no space for them."""
    form = EveryField()
    assert len(read(form_field(form["pick"])).select("input[type=radio]")) == len(FEW)
    assert read(form_field(form["choose"])).select_one("select")
    assert read(form_field(form["pick"], select=True)).select_one("select")


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
    name=st.sampled_from(NAMES),
)
def test_what_people_write_never_becomes_markup(text: str, name: str) -> None:
    """Labels, hints, values, choices and errors are escaped."""
    hostile = f"{text}\"'><img src=x onerror=alert(1)><script>"
    form = EveryField(sent(**{name: hostile, f"{name}-day": hostile}))
    field: Any = form[name]
    field.label.text = field.description = hostile
    if hasattr(field, "choices"):
        field.choices = [(hostile, hostile), *FEW]
    field.errors = [hostile]
    page = read(str(form_field(field)) + str(error_summary(form)) + str(error_summary(None, [hostile])))
    assert not page.select("img, script")
    assert not [one for tag in page.find_all(True) for one in tag.attrs if one.startswith("on")]


def day_of(**boxes: str) -> Any:
    """Return the field with these inputs, validated."""
    form = Alone(sent(**{f"starts_on-{part}": text for part, text in boxes.items()}))
    form.validate()
    return form["starts_on"]


@pytest.mark.parametrize(
    ("boxes", "sentence", "wrong"),
    [
        (("12", "", "2027"), "“From” must include a month", {"month"}),
        (("", "", "2027"), "“From” must include a day and a month", {"day", "month"}),
        (("31", "2", "2027"), "Enter a real date", {"day"}),
        (("1", "13", "2027"), "Enter a real date", {"month"}),
        (("1", "Brumaire", "2027"), "Enter a real date", {"month"}),
        (("1", "2", "227"), "“From” must have a year of 4 numbers, like 2027", {"year"}),
        (("1", "2", "٢٠٢٧"), "Enter a real date", {"year"}),
        (("<b>", "2", "2027"), "Enter a real date", {"day"}),
    ],
)
def test_a_date_that_is_none_names_the_box_and_keeps_what_was_typed(
    boxes: tuple[str, str, str], sentence: str, wrong: set[str]
) -> None:
    """Only the wrong inputs are marked, and nothing has to be typed again."""
    found = day_of(day=boxes[0], month=boxes[1], year=boxes[2])
    assert (found.data, list(found.errors)) == (None, [sentence])
    page = read(form_field(found))
    assert tuple(one.get("value", "") for one in page.select("input")) == boxes
    assert {attribute(one, "name").rpartition("-")[2] for one in page.select(".govuk-input--error")} == wrong


@pytest.mark.parametrize("month", ["3", "03", "March", "mar", " 3 "])
def test_a_date_is_read_from_its_boxes(month: str) -> None:
    """A month may be a word."""
    assert day_of(day="12", month=month, year="2027").data == date(2027, 3, 12)


@pytest.mark.parametrize("text", ["2027-03-12", "12/3/2027", "12.3.2027", "12 March 2027"])
def test_a_date_in_one_piece_is_read_too(text: str) -> None:
    """As a browser's own date field, an email or a spreadsheet writes it."""
    assert Alone(sent(starts_on=text))["starts_on"].data == date(2027, 3, 12)
    beside_empty_boxes = {f"starts_on-{part}": "" for part in ("day", "month", "year")}
    assert Alone(sent(starts_on=text, **beside_empty_boxes))["starts_on"].data == date(2027, 3, 12)


@pytest.mark.parametrize(
    "text",
    ["3 Dec 2026", "3/12/26", "03.12.2026", "3 - 12 - 2026", "Thursday 3rd December 2026", "thu, 3 dec, 26"],
)
def test_a_whole_date_may_be_typed_into_the_first_box(text: str) -> None:
    """As people write it; the boxes then show its parts."""
    found = day_of(day=text, month="", year="")
    assert found.data == date(2026, 12, 3), found.errors
    assert [one["value"] for one in read(form_field(found)).select("input")][2] == "2026"
    assert day_of(day="3", month="12", year="26").data == date(2026, 12, 3)


@pytest.mark.parametrize("text", ["31 Feb 2026", "3 Dec", "3/13/2026", "3 Brumaire 2026", "3/12/206"])
def test_a_whole_date_that_is_none_is_refused(text: str) -> None:
    found = day_of(day=text, month="", year="")
    assert found.data is None and found.errors


def test_a_date_that_is_known_stands_in_its_boxes_and_none_is_none() -> None:
    """For editing; an empty date is left to the form's validators."""
    shown = read(form_field(Alone(data={"starts_on": date(2027, 3, 12)})["starts_on"]))
    assert [one["value"] for one in shown.select("input")] == ["12", "3", "2027"]
    empty = day_of(day="", month="", year="")
    assert (empty.data, list(empty.errors)) == (None, [])


def test_assets_change_their_address_with_their_content_and_fetch_nothing_from_elsewhere() -> None:
    """Cached for a year by browsers; no crown, no GOV.UK fonts, nothing that the content security policy blocks."""
    assert re.fullmatch(r"/assets/alongside\.css\?v=[0-9a-f]{10}", asset("alongside.css"))
    for sheet in ASSETS.glob("*.css"):
        assert not re.search(r"url\(|@import|@font-face|GDS Transport", sheet.read_text()), sheet.name
    for script in ASSETS.glob("*.js"):
        assert "sourceMappingURL" not in script.read_text()


def test_every_class_of_ours_in_a_template_has_a_style() -> None:
    """A class without a style is a misspelling."""
    sheets = "".join(one.read_text() for one in ASSETS.glob("*.css"))
    styled = set(re.findall(r"\.(alongside-[a-z_-]+)", sheets))
    used = set()
    for template in (ROOT / "templates").rglob("*.html"):
        for classes in re.findall(r'class="([^"]*)"', template.read_text()):
            used |= set(re.findall(r"alongside-[a-z_-]*[a-z]", classes))
    assert used <= styled
