"""Forms that ask for a reason: free text, or a choice from a list."""

from collections.abc import Mapping
from typing import Protocol

from wtforms import Form

from alongside.platform.forms.fields import Choice, passage, says_something


class ReasonForm(Form):
    """A reason that others read, in `note`."""

    cure = ""
    note = passage("Reason", "The reason", limit=1000)

    def is_valid(self) -> bool:
        """Validate the form: a reason is required."""
        valid = bool(self.validate())
        if valid and not says_something(self.note.data):
            self.note.errors = [self.cure]
        return not self.errors


def reason_form(label: str, cure: str, hint: str = "", what: str = "The reason") -> type[ReasonForm]:
    """Return a form for one reason.

    `cure` is the error when it is empty, `what` begins the error when it is too long.
    """
    fields = {"cure": cure, "note": passage(label, what, hint, limit=1000)}
    return type("ReasonForm", (ReasonForm,), fields)


class ListedReason(Protocol):
    """A reason of an authority's list; `needs_words` says whether it requires details."""

    @property
    def label(self) -> str:
        """The words of the reason."""

    @property
    def retired(self) -> bool:
        """Whether it can no longer be chosen."""

    @property
    def needs_words(self) -> bool:
        """Whether it requires details."""


class ListedReasonForm(Form):
    """A reason from one of the authority's lists, with details where the list requires them."""

    details_cure = ""
    reason = Choice("Reason", "Select a reason")
    words = passage("Details (optional)", "The details", limit=1000)
    reasons: Mapping[str, ListedReason]

    def offer(self, reasons: Mapping[str, ListedReason]) -> None:
        """Fill the choices with the reasons of the authority that are not retired."""
        self.reasons = reasons
        self.reason.choices = [(key, one.label) for key, one in reasons.items() if not one.retired]

    def is_valid(self) -> bool:
        """Validate the form: a reason is required, and details where the reason needs them."""
        self.validate()
        chosen = self.reasons.get(self.reason.data or "")
        if chosen is None and not self.reason.errors:
            self.reason.errors = [self.reason.cure]
        elif chosen is not None and chosen.needs_words and not self.words.data:
            self.words.errors = [self.details_cure]
        return not self.errors


def listed_reason_form(hint: str, details_cure: str) -> type[ListedReasonForm]:
    """Return a form for one reason of a list. `details_cure` is the error where required details are missing."""
    words = passage("Details (optional)", "The details", hint, limit=1000)
    return type("ListedReasonForm", (ListedReasonForm,), {"words": words, "details_cure": details_cure})
