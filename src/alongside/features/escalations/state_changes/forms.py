"""Forms of the state changes: hours, wait and end."""

import re
from typing import TypedDict

from wtforms import Form

from alongside.features.escalations.models import RESULTS
from alongside.features.escalations.pauses import WAITING_ON
from alongside.platform.forms.fields import Choice, Typing, passage
from alongside.platform.forms.validation import require_fields

NARROW = {"classes": "govuk-input--width-5", "inputmode": "decimal"}
WAITING_FOR = {"consortium": "The consortium", "school": "The school", "provider": "The provider"}


class End(TypedDict):
    """The columns of the end of an escalation."""

    result: str
    outcome_words: str


class Hours(Typing):
    """Field of hours of work in steps of 0.5, from 0 to 2,000."""

    def read(self, typed: str) -> float:
        """Parse “3”, “2.5” or “2,5”."""
        found = re.fullmatch(r"(\d{1,4})(?:[.,]([05]))?", typed, re.ASCII)
        if found is None or not 0 <= int(found[1]) <= 2000:
            raise ValueError(self.cure)
        return int(found[1]) + (0.5 if found[2] == "5" else 0)

    def written(self, value: object) -> str:
        """Format hours without a trailing “.0”."""
        return "" if value is None else f"{float(str(value)):g}"


class WaitForm(Form):
    """For whom an escalation waits, and why."""

    waiting_on = Choice(
        "Who are you waiting for?",
        "Select who you are waiting for",
        choices=[(k, WAITING_FOR[k]) for k in WAITING_ON],
    )
    note = passage(
        "What are you waiting for?",
        "What you are waiting for",
        "The clock is paused until you restart it",
        limit=1000,
    )

    def is_valid(self) -> bool:
        """Validate: both fields are required."""
        self.validate()
        require_fields(
            self, {"waiting_on": "Select who you are waiting for", "note": "Say what you are waiting for"}
        )
        return not self.errors


class EndForm(Form):
    """How an escalation ended, with a text for the consortium."""

    result = Choice("Result", "Select a result", choices=list(RESULTS.items()))
    outcome_words = passage(
        "Outcome",
        "The outcome",
        "The consortium and the school read this. It is kept with the escalation",
    )

    def is_valid(self) -> bool:
        """Validate: both fields are required."""
        self.validate()
        require_fields(self, {"result": "Select a result", "outcome_words": "Enter the outcome"})
        return not self.errors

    def columns(self) -> End:
        """The values of the end, by column."""
        return {"result": self.result.data, "outcome_words": self.outcome_words.data}
