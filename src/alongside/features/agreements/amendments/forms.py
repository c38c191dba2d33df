"""The form of an amendment, prefilled with the current agreement."""

from collections.abc import Sequence
from typing import Any

from wtforms import Form

from alongside.features.agreements.aims.forms import TEXTS
from alongside.features.agreements.amendments.changes import RequestedChanges
from alongside.features.agreements.forms import must_be_filled, must_be_in_order
from alongside.features.needs.forms import attach_errors
from alongside.platform.forms.fields import Day, HalfDays, line, passage

NEEDED = {
    "days": "Enter days as a whole or half number, like 3 or 2.5",
    "starts_on": "Enter the first day, like 11/1/2027",
    "ends_on": "Enter the last day, like 26/3/2027",
    "reason": "Say why: the other head will want to know",
}
NEW = "new"
"""The key of the fields for a new aim."""


class ChangeForm(Form):
    """Days, dates and the reason. `change_form` adds the fields of the aims."""

    days = HalfDays("How many days in all?", NEEDED["days"], description="In whole or half days")
    starts_on = Day("From", NEEDED["starts_on"])
    ends_on = Day("Until", NEEDED["ends_on"])
    reason = passage("Why should it change?", "The reason", "The other headteacher reads this", limit=2000)


def field_names(key: str) -> list[str]:
    """The names of an aim's fields in the form; `key` is its id without dashes, or NEW."""
    return [f"{name}_{key}" for name in TEXTS]


def change_form(aims: Sequence[Any]) -> type[Form]:
    """A form class with fields for these aims and one new aim."""
    fields: dict[str, Any] = {}
    for key in (*(aim.id.hex for aim in aims), NEW):
        aim, measure, baseline, target = field_names(key)
        label = "Another aim (optional)" if key == NEW else "Aim"
        hint = "" if key == NEW else "Leave it empty to take this aim out"
        fields[aim] = passage(label, "The aim", hint, limit=500)
        fields[measure] = line("How is it measured?", "The measure", limit=300)
        fields[baseline] = line("Where does it stand now?", "The start", limit=300)
        fields[target] = line("Where should it be at the end?", "The target", limit=300)
    return type("ChangeOfAims", (ChangeForm,), fields)


def as_it_stands(row: Any, aims: Sequence[Any]) -> dict[str, Any]:
    """Form values of the current agreement."""
    shown = {name: getattr(row, name) for name in ("days", "starts_on", "ends_on")}
    for one in aims:
        shown |= dict(zip(field_names(one.id.hex), (getattr(one, name) for name in TEXTS), strict=True))
    return shown


def holds(form: Any, aims: Sequence[Any]) -> bool:
    """Whether the form is valid: days, dates, a reason, and a measure for every aim."""
    form.validate()
    must_be_filled(form, NEEDED)
    must_be_in_order(form)
    for key in (*(aim.id.hex for aim in aims), NEW):
        aim, measure, *_ = field_names(key)
        if form[aim].data and not form[measure].data:
            attach_errors(form[measure], "Say how you will know that this aim is reached")
    return not form.errors


def wanted(form: Any, aims: Sequence[Any]) -> RequestedChanges:
    """The submitted values; call it after `holds`."""
    listed = []
    for aim_id in (*(aim.id for aim in aims), None):
        names = field_names(aim_id.hex if aim_id else NEW)
        texts = {name: form[field].data or "" for name, field in zip(TEXTS, names, strict=True)}
        if texts["aim"]:
            listed.append(({"id": str(aim_id)} if aim_id else {}) | texts)
    return RequestedChanges(form.days.data, form.starts_on.data, form.ends_on.data, listed, form.reason.data)
