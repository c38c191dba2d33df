"""The form of an officer's note."""

from wtforms import Form

from alongside.escalations.notes.model import WEIGHTS
from alongside.needs.fields import Choice, passage
from alongside.partnerships.forms import must_be_filled


class OfficersNoteForm(Form):
    """What an officer writes for the core team, and how sure it is."""

    weight = Choice("What is it?", "Choose whether it is fact or opinion", choices=list(WEIGHTS.items()))
    words = passage(
        "Note", "The note", "The school never reads it here; a court or the person it is about might"
    )

    def holds(self) -> bool:
        """Whether both are there."""
        self.validate()
        must_be_filled(self, {"weight": "Choose whether it is fact or opinion", "words": "Write the note"})
        return not self.errors
