"""Forms for reasons, and validators shared by the forms of agreements."""

from collections.abc import Mapping
from typing import Any

from wtforms import Form

from alongside.features.authorities.setting_types import Reason
from alongside.features.authorities.settings import on_offer
from alongside.features.needs.forms import attach_errors
from alongside.platform.forms.fields import Choice, passage


def must_be_filled(form: Form, cures: Mapping[str, str]) -> None:
    """Add an error to each of these fields that is empty."""
    for name, cure in cures.items():
        if form[name].data in (None, ""):
            attach_errors(form[name], cure)


def must_be_in_order(form: Any) -> None:
    """Check that the end date is not before the start date."""
    if form.starts_on.data and form.ends_on.data and form.ends_on.data < form.starts_on.data:
        attach_errors(form.ends_on, "Enter an end that is not before the start")


class ReasonForm(Form):
    """A reason as free text."""

    words = passage("What is the reason?", "The reason", "The other school reads this", limit=1000)

    def holds(self) -> bool:
        """Whether a reason is given."""
        self.validate()
        must_be_filled(self, {"words": "Say why: the other school will want to know"})
        return not self.errors


class ChallengeForm(ReasonForm):
    """The reason for challenging a match. Both schools and the leads read it."""

    words = passage(
        "What is the reason?",
        "The reason",
        "The other school and the consortium leads read this",
        limit=1000,
    )


class ListedReasonForm(Form):
    """A reason from the authority's list, with an explanation where the list requires one."""

    reason = Choice("What is the reason?", "Choose a reason from the list")
    words = passage("Say more (optional)", "What you say", "The other school reads this", limit=1000)

    def offer(self, reasons: Mapping[str, Reason]) -> None:
        """Fill the select field with the reasons that can be chosen."""
        self.reason.choices = [(key, entry.label) for key, entry in on_offer(reasons).items()]

    def holds(self, reasons: Mapping[str, Reason]) -> bool:
        """Whether a reason is chosen, with an explanation where it requires one."""
        self.validate()
        entry = reasons.get(self.reason.data or "")
        if entry is None:
            attach_errors(self.reason, self.reason.cure)
        elif entry.needs_words and not self.words.data:
            attach_errors(self.words, "Say in a few words why, so that the other school knows")
        return not self.errors
