"""What a school is asked that uses an entry of another."""

from typing import Any

from wtforms import Form

from alongside.features.directory.labels import WORKED
from alongside.features.needs.forms import attach_errors
from alongside.platform.forms.fields import Choice, passage


class UseForm(Form):
    """Whether it worked, and what one changed."""

    worked = Choice("Did it work for you?", "Choose whether it worked for you")
    notes = passage("What did you change? (optional)", "What you say", "Other schools read this", 2000)

    def __init__(self, *given: Any, **settled: Any) -> None:
        """Read what was typed, or show what is kept."""
        super().__init__(*given, **settled)
        self.worked.choices = list(WORKED.items())

    def holds(self) -> bool:
        """Whether there is an answer."""
        self.validate()
        if not self.worked.data:
            attach_errors(self.worked, self.worked.cure)
        return not self.errors
