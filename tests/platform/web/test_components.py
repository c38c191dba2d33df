"""Form fields: what is kept of a component never holds what somebody typed or chose."""

from typing import Any

import pytest
from wtforms import Form, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length

from alongside.platform.web import components
from alongside.platform.web.components import TYPED, form_field
from alongside.platform.web.form_data import FormData

CHOICES = [("a", "First"), ("b", "Second"), ("c&", "<Third>")]


class Fields(Form):
    """One field of each kind."""

    name = StringField("Name", description="As on the register")
    text = TextAreaField("Text")
    limited = TextAreaField("Limited", validators=[Length(max=50)])
    one = SelectField("One", choices=CHOICES, render_kw={"select": True})
    radio = RadioField("Radio", choices=CHOICES)
    many = SelectMultipleField("Many", choices=CHOICES)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without fragments."""
    monkeypatch.setattr(components, "_fragments", {})


def html_of(name: str, *values: str) -> str:
    form = Fields(FormData([(name, value) for value in values]))
    return str(form_field(form[name]))


def without_keeping(monkeypatch: pytest.MonkeyPatch, name: str, *values: str) -> str:
    with monkeypatch.context() as patch:
        patch.setattr(
            components, "_kept_component", lambda kind, params: components.component(kind, **params)
        )
        return html_of(name, *values)


@pytest.mark.parametrize("name", ["name", "text", "limited"])
def test_typed_text_is_escaped_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for typed in ("", "Ann", '"><script>', f"a{TYPED}b", "Ann & Bob", ""):
        assert html_of(name, typed) == without_keeping(monkeypatch, name, typed)
    kept = "".join(components._fragments.values())
    assert "Ann" not in kept and "script" not in kept and components._fragments


def test_text_typed_inside_a_choice_is_shown_and_leaves_nothing_behind() -> None:
    """The evidence of each theme of an offer is a field inside its checkbox."""
    for typed in ("", "Ann told us\nin two lines", '"><script>', f"a{TYPED}0{TYPED}b", "Ann & Bob", ""):
        form = Fields(FormData([("text", typed), ("many", "a")]))
        items = [
            {"value": "a", "text": "First", "conditional": {"html": form_field(form.text)}},
            {"value": "b", "text": "Second"},
        ]
        shown = str(form_field(form.many, items=items))
        alone = str(form_field(form.text))
        assert alone[alone.index("<textarea") : alone.index("</textarea>")] in shown
        assert shown.count("<textarea") == 1
    kept = repr(components._fragments)
    assert "Ann" not in kept and "script" not in kept and components._fragments


def test_long_parameters_are_not_kept() -> None:
    """The key holds the parameters, so that it is as large as they are, whatever is shown of them."""
    form = Fields()
    form_field(form.radio, attributes={"data-long": "a" * components.LARGEST_FRAGMENT})
    form_field(form.radio, unused="a" * components.LARGEST_FRAGMENT)
    assert not components._fragments


@pytest.mark.parametrize("name", ["one", "radio", "many"])
def test_each_choice_is_shown_as_chosen(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for chosen in ((), ("a",), ("c&",), ("a",), ("typed by hand",), ()):
        assert html_of(name, *chosen) == without_keeping(monkeypatch, name, *chosen)
    assert "typed by hand" not in "".join(components._fragments.values())


def test_a_field_with_an_error_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    form: Any = Fields(FormData([("limited", "x" * 51)]))
    assert not form.validate()
    assert "Error:" in form_field(form.limited) and not components._fragments
    assert "Error:" not in html_of("limited", "short")


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "MOST_FRAGMENTS", 3)
    for number in range(20):
        form = Fields()
        form.name.label.text = f"Name {number}"
        form_field(form.name)
    assert len(components._fragments) <= 3
