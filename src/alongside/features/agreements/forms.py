"""Forms for reasons, and validators shared by the forms of agreements."""

from collections.abc import Mapping

from wtforms import Form

from alongside.features.authorities.setting_types import Reason
from alongside.features.authorities.settings import on_offer
from alongside.platform.forms.fields import Choice, passage
from alongside.platform.forms.reason import reason_form
from alongside.platform.forms.validation import add_error

REASON_FOR_OTHER_SCHOOL = reason_form(
    "Reason", "Enter a reason. The other school will read it", "The other school reads this"
)


class ListedReasonForm(Form):
    """A reason from the authority's list, with an explanation where the list requires one."""

    reason = Choice("Reason", "Select a reason")
    words = passage("Details (optional)", "The details", "The other school reads this", limit=1000)
    reasons: Mapping[str, Reason]

    def offer(self, reasons: Mapping[str, Reason]) -> None:
        """Fill the select field with the reasons that can be chosen."""
        self.reasons = reasons
        self.reason.choices = [(key, entry.label) for key, entry in on_offer(reasons).items()]

    def is_valid(self) -> bool:
        """Whether a reason is chosen, with an explanation where it requires one."""
        self.validate()
        entry = self.reasons.get(self.reason.data or "")
        if entry is None:
            add_error(self.reason, self.reason.cure)
        elif entry.needs_words and not self.words.data:
            add_error(self.words, "Enter details. The other school will read them")
        return not self.errors
