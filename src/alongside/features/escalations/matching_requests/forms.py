"""Form to request matching for an escalation."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from wtforms import Form

from alongside.platform.forms.fields import Choice
from alongside.platform.forms.validation import require_fields


class OpenNeed(msgspec.Struct, frozen=True):
    """A need for which a match can be requested."""

    id: UUID
    title: str


class AskMatchingForm(Form):
    """The open need for which a match is requested."""

    need = Choice("Need", "Select a need from the list")

    def offer(self, needs: Sequence[OpenNeed]) -> None:
        """Set the needs that can be chosen; a single need is preselected on an empty form."""
        self.need.choices = [(str(one.id), one.title) for one in needs]
        if len(needs) == 1 and self.need.raw_data is None:
            self.need.data = self.need.choices[0][0]

    def is_valid(self) -> bool:
        """Validate: a need is required."""
        self.validate()
        require_fields(self, {"need": "Select a need from the list"})
        return not self.errors
