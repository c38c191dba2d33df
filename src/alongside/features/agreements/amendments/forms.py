"""The form of an amendment, prefilled with the current agreement."""

from collections.abc import Sequence

from wtforms import Form

from alongside.features.agreements.aims.forms import TEXTS
from alongside.features.agreements.aims.queries import AimRow
from alongside.features.agreements.amendments.changes import RequestedChanges
from alongside.features.agreements.queries import AgreementRow
from alongside.platform.forms.fields import Day, HalfDays, line, passage
from alongside.platform.forms.validation import add_error, check_date_order, require_fields

NEEDED = {
    "days": "Enter days as a whole or half number, like 3 or 2.5",
    "starts_on": "Enter the first day, like 11/1/2027",
    "ends_on": "Enter the last day, like 26/3/2027",
    "reason": "Enter a reason. The other headteacher will read it",
}
NEW = "new"
"""The key of the fields for a new aim."""


def field_names(key: str) -> list[str]:
    """The names of an aim's fields in the form; `key` is its id without dashes, or NEW."""
    return [f"{name}_{key}" for name in TEXTS]


class ChangeForm(Form):
    """Days, dates and the reason. `change_form` adds the fields of the aims."""

    days = HalfDays("How many days in total?", NEEDED["days"], description="In whole or half days")
    starts_on = Day("From", NEEDED["starts_on"])
    ends_on = Day("Until", NEEDED["ends_on"])
    reason = passage("Reason for the change", "The reason", "The other headteacher reads this", limit=2000)
    aims: Sequence[AimRow] = ()

    def parts(self) -> list[list[str]]:
        """The names of the fields of each aim, and of a new one."""
        return [field_names(key) for key in (*(aim.id.hex for aim in self.aims), NEW)]

    def is_valid(self) -> bool:
        """Whether the form is valid: days, dates, a reason, and a measure for every aim."""
        self.validate()
        require_fields(self, NEEDED)
        check_date_order(self)
        for aim, measure, *_ in self.parts():
            if self[aim].data and not self[measure].data:
                add_error(self[measure], "Enter how you will measure this aim")
        return not self.errors

    def wanted(self) -> RequestedChanges:
        """The submitted values; call it after `is_valid`."""
        listed = []
        for aim_id, names in zip((*(aim.id for aim in self.aims), None), self.parts(), strict=True):
            texts = {name: self[field].data or "" for name, field in zip(TEXTS, names, strict=True)}
            if texts["aim"]:
                listed.append(({"id": str(aim_id)} if aim_id else {}) | texts)
        return RequestedChanges(
            self.days.data, self.starts_on.data, self.ends_on.data, listed, self.reason.data
        )


def change_form(aims: Sequence[AimRow]) -> type[ChangeForm]:
    """A form class with fields for these aims and one new aim."""
    fields: dict[str, object] = {"aims": aims}
    for key in (*(aim.id.hex for aim in aims), NEW):
        aim, measure, baseline, target = field_names(key)
        label = "Another aim (optional)" if key == NEW else "Aim"
        hint = "" if key == NEW else "To remove this aim, leave it empty"
        fields[aim] = passage(label, "The aim", hint, limit=500)
        fields[measure] = line("How will you measure it?", "The measure", limit=300)
        fields[baseline] = line("Where are you now?", "The start", limit=300)
        fields[target] = line("What is your target?", "The target", limit=300)
    return type("ChangeOfAims", (ChangeForm,), fields)


def as_agreed(row: AgreementRow, aims: Sequence[AimRow]) -> dict[str, object]:
    """Form values of the current agreement."""
    shown: dict[str, object] = {name: getattr(row, name) for name in ("days", "starts_on", "ends_on")}
    for one in aims:
        shown |= dict(zip(field_names(one.id.hex), (getattr(one, name) for name in TEXTS), strict=True))
    return shown
