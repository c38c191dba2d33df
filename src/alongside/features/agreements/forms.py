"""Forms for reasons, and validators shared by the forms of agreements."""

from collections.abc import Mapping
from typing import Any

from wtforms import Form

from alongside.features.authorities.setting_types import Reason
from alongside.features.authorities.settings import on_offer
from alongside.features.needs.forms import attach_errors
from alongside.platform.forms.fields import Choice, passage
from alongside.platform.forms.reason import reason_form

REASON_FOR_OTHER_SCHOOL = reason_form(
    "Reason", "Enter a reason. The other school will read it", "The other school reads this"
)


def must_be_filled(form: Form, cures: Mapping[str, str]) -> None:
    """Add an error to each of these fields that is empty."""
    for name, cure in cures.items():
        if form[name].data in (None, ""):
            attach_errors(form[name], cure)


def must_be_in_order(form: Any) -> None:
    """Check that the end date is not before the start date."""
    if form.starts_on.data and form.ends_on.data and form.ends_on.data < form.starts_on.data:
        attach_errors(form.ends_on, "Enter an end that is not before the start")


class ListedReasonForm(Form):
    """A reason from the authority's list, with an explanation where the list requires one."""

    reason = Choice("Reason", "Select a reason")
    words = passage("Details (optional)", "The details", "The other school reads this", limit=1000)
    reasons: Mapping[str, Reason]

    def offer(self, reasons: Mapping[str, Reason]) -> None:
        """Fill the select field with the reasons that can be chosen."""
        self.reasons = reasons
        self.reason.choices = [(key, entry.label) for key, entry in on_offer(reasons).items()]

    def holds(self) -> bool:
        """Whether a reason is chosen, with an explanation where it requires one."""
        self.validate()
        entry = self.reasons.get(self.reason.data or "")
        if entry is None:
            attach_errors(self.reason, self.reason.cure)
        elif entry.needs_words and not self.words.data:
            attach_errors(self.words, "Enter details. The other school will read them")
        return not self.errors
