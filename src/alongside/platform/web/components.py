"""GOV.UK form components for WTForms fields, with label, hint, error and their accessibility attributes."""

import re
from collections.abc import Sequence
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup, escape
from wtforms import (
    BooleanField,
    Field,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import Length

from alongside.platform.web.date_fields import PARTS, DayField

LIBRARY = "govuk_frontend_jinja"
MANY_CHOICES = 7
"""A field with more choices than this is shown as a select, not as radios."""

TYPED = "\ue000"
"""Around the number that stands for a typed text in the HTML that is kept."""

NUMBERED = re.compile(f"{TYPED}([0-9]+){TYPED}")

MOST_FRAGMENTS = 1_000
LARGEST_FRAGMENT = 10_000
"""Characters of a component that is kept, and of its parameters, so that all of them take some megabytes at most."""

_macros = Environment(
    loader=PrefixLoader({LIBRARY: PackageLoader(LIBRARY)}),
    autoescape=True,
    undefined=ChainableUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def component(name: str, /, **params: object) -> Markup:
    """Return one component of the library, by its name in the design system ("error-summary")."""
    module = _macros.get_template(f"{LIBRARY}/components/{name}/macro.html").module
    macro = "govuk" + "".join(part.capitalize() for part in name.split("-"))
    return Markup(getattr(module, macro)(params))


_fragments: dict[tuple[str, str], str] = {}


def _kept_component(name: str, params: dict[str, object]) -> Markup:
    """Return one component, whose HTML is kept for its exact parameters without the typed text.

    A macro of the library takes a hundred times as long as putting the text into its place.
    """
    marked, typed = _without_typed_text(params)
    if "errorMessage" in params or any(TYPED in text for text in typed):
        return component(name, **params)
    key = name, repr(marked)
    html = _fragments.get(key)
    if html is None:
        html = str(component(name, **marked))
        if len(_fragments) >= MOST_FRAGMENTS:
            _fragments.clear()
        if len(html) + len(key[1]) <= LARGEST_FRAGMENT:
            _fragments[key] = html
    return Markup(NUMBERED.sub(lambda found: typed[int(found[1])], html) if typed else html)


def _without_typed_text(params: dict[str, Any]) -> tuple[dict[str, object], list[str]]:
    """Return the parameters with a number for each typed text, and these texts as HTML.

    They are the value of the field, and fields inside a choice, which are components of their own.
    """
    typed: list[str] = []

    def numbered(html: str) -> str:
        typed.append(html)
        return f"{TYPED}{len(typed) - 1}{TYPED}"

    if params.get("value"):
        params = params | {"value": numbered(str(escape(params["value"])))}
    if any("conditional" in item for item in params.get("items", ())):
        items = [
            item | {"conditional": {"html": numbered(item["conditional"]["html"])}}
            if "conditional" in item
            else item
            for item in params["items"]
        ]
        params = params | {"items": items}
    return params, typed


def form_field(field: Field, select: bool = False, **settled: object) -> Markup:
    """Return the HTML of a form field of any kind. `settled` adds to the component's own parameters.

    `select` shows a select instead of radios, for filters above a list, where there is little space.
    """
    params: dict[str, object] = {"id": field.id, "name": field.name, **_hint_and_errors(field)}
    shown = getattr(field, "_value", str)
    keywords = dict(field.render_kw or {})
    if isinstance(field, HiddenField):
        return Markup('<input type="hidden" id="{}" name="{}" value="{}">').format(
            field.id, field.name, shown()
        )
    if isinstance(field, BooleanField):
        return _single_box(field, params | settled)
    if isinstance(field, DayField):
        return _day(field, params | settled)
    if isinstance(field, SelectField):
        many = isinstance(field, SelectMultipleField | RadioField)
        if many or (_few(field, keywords) and not select):
            return _choices(field, params | settled)
        items = [
            {"value": value, "text": text, "selected": str(field.data or "") == str(value)}
            for value, text in _options(field)
        ]
        if not field.data and all(one["value"] for one in items):
            items.insert(0, {"value": "", "text": "Choose from the list", "selected": True})
        return _kept_component("select", (_labelled(params, field) | {"items": items} | settled))
    params = _labelled(params, field) | {"value": shown()} | settled
    if isinstance(field, TextAreaField):
        return _long_text(field, params, keywords)
    return _kept_component("input", _short_text(params, keywords, field))


def _hint_and_errors(field: Field) -> dict[str, object]:
    """Return the parameters for the hint and the errors of a field."""
    params: dict[str, object] = {}
    if field.description:
        params["hint"] = {"text": str(field.description)}
    if field.errors:
        params["errorMessage"] = {"text": " ".join(str(one) for one in field.errors)}
    return params


def _labelled(params: dict[str, object], field: Field) -> dict[str, object]:
    return {"label": {"text": str(field.label.text), "classes": "govuk-label--s"}} | params


def _options(field: SelectField) -> list[tuple[str, str]]:
    return [(str(value), str(text)) for value, text, *_ in field.iter_choices()]


def _few(field: SelectField, keywords: dict[str, object]) -> bool:
    return not keywords.get("select") and 0 < len(_options(field)) <= MANY_CHOICES


def _choices(field: SelectField, params: dict[str, object]) -> Markup:
    """Return radios or checkboxes in a fieldset; the first has the field's own id, for links from the error summary."""
    many = isinstance(field, SelectMultipleField)
    chosen = {str(one) for one in (field.data or ())} if many else {str(field.data or "")}
    hints = getattr(field, "hints", None) or {}
    items = []
    for number, (value, text) in enumerate(_options(field)):
        item: dict[str, object] = {"value": value, "text": text, "checked": value in chosen}
        item["id"] = field.id if number == 0 else f"{field.id}-{number + 1}"
        if hints.get(value):
            item["hint"] = {"text": hints[value]}
        items.append(item)
    params = {
        "idPrefix": field.id,
        "fieldset": {"legend": {"text": str(field.label.text), "classes": "govuk-fieldset__legend--s"}},
        "items": items,
        "classes": ("govuk-checkboxes--small" if many else "govuk-radios--small"),
        **params,
    }
    return _kept_component("checkboxes" if many else "radios", params)


def _day(field: DayField, params: dict[str, object]) -> Markup:
    """Return three inputs for day, month and year; only the wrong ones are marked as errors."""
    items = [
        {
            "name": part,
            "value": field.typed[part],
            "classes": f"govuk-input--width-{4 if part == 'year' else 2}"
            + (" govuk-input--error" if field.errors and (part in field.wrong or not field.wrong) else ""),
        }
        for part in PARTS
    ]
    params.setdefault("hint", {"text": "For example, 31 1 2027"})
    legend = {"legend": {"text": str(field.label.text), "classes": "govuk-fieldset__legend--s"}}
    params = {"namePrefix": field.name, "fieldset": legend, "items": items} | params
    typed = any(item["value"] for item in items)
    return component("date-input", **params) if typed else _kept_component("date-input", params)


def _single_box(field: BooleanField, params: dict[str, object]) -> Markup:
    item: dict[str, object] = {
        "id": field.id,
        "value": "y",
        "text": str(field.label.text),
        "checked": bool(field.data),
    }
    if "hint" in params:
        item["hint"] = params.pop("hint")
    return _kept_component(
        "checkboxes",
        ({"idPrefix": field.id, "items": [item], "classes": "govuk-checkboxes--small"} | params),
    )


def _long_text(field: Field, params: dict[str, object], keywords: dict[str, object]) -> Markup:
    validators: Sequence[object] = field.validators
    limits = [one.max for one in validators if isinstance(one, Length) and one.max > 0]
    params["rows"] = str(keywords.get("rows", 5))
    if limits:
        return _kept_component(
            "character-count", {"maxlength": str(min(limits)), "threshold": "75", **params}
        )
    return _kept_component("textarea", params)


def _short_text(params: dict[str, object], keywords: dict[str, object], field: Field) -> dict[str, object]:
    number = type(field).__name__ in ("IntegerField", "DecimalField", "HalfDays", "Count")
    if number:
        params |= {"inputmode": "decimal", "classes": "govuk-input--width-4"}
    for name in ("classes", "autocomplete", "inputmode", "spellcheck", "type"):
        if name in keywords:
            params[name] = keywords[name]
    if "suffix" in keywords:
        params["suffix"] = {"text": keywords["suffix"]}
    return params


def _first_box(field: Field) -> str:
    """Return the id to which the error summary links: the field, or the first wrong input of a date."""
    if isinstance(field, DayField):
        return f"{field.id}-{next((part for part in PARTS if part in field.wrong), PARTS[0])}"
    return str(field.id)


def error_summary(form: Form | None, others: Sequence[str | tuple[str, str]] = ()) -> Markup:
    """Return the error summary of a form, each error linked to its field; empty if there are none.

    `others` are errors outside the form: a sentence, or the id of an element and a sentence.
    """
    if form is None and not others:
        return Markup("")
    listed: list[dict[str, str]] = [
        {"text": one} if isinstance(one, str) else {"text": one[1], "href": f"#{one[0]}"} for one in others
    ]
    for name, errors in (form.errors if form is not None else {}).items():
        for error in errors:
            item = {"text": str(error)}
            if name:
                item["href"] = (
                    f"#{_first_box(form[name])}" if form is not None and name in form._fields else ""
                )
            listed.append({key: value for key, value in item.items() if value})
    if not listed:
        return Markup("")
    return component("error-summary", titleText="There is a problem", errorList=listed)
