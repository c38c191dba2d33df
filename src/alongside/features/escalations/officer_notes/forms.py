"""Form to add an officer's note."""

from wtforms import Form

from alongside.features.escalations.officer_notes.models import WEIGHTS
from alongside.platform.forms.fields import Choice, passage
from alongside.platform.forms.validation import require_fields


class OfficersNoteForm(Form):
    """The text of a note, and whether it is fact or opinion."""

    weight = Choice("Type", "Select fact or opinion", choices=list(WEIGHTS.items()))
    words = passage(
        "Note", "The note", "The school cannot read it here. A court or the person it is about may"
    )

    def is_valid(self) -> bool:
        """Validate: both fields are required."""
        self.validate()
        require_fields(self, {"weight": "Select fact or opinion", "words": "Enter the note"})
        return not self.errors
