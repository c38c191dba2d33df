"""The form to declare an interest in a school."""

from wtforms import Form

from alongside.features.interests.models import INTERESTS
from alongside.features.schools.choices import school_choice
from alongside.platform.forms.fields import Choice, passage
from alongside.platform.forms.validation import add_error


class InterestForm(Form):
    """The school and the kind of interest."""

    other = school_choice("In which school?")
    kind = Choice(
        "What kind of interest?", "Choose a kind of interest from the list", choices=list(INTERESTS.items())
    )
    words = passage(
        "Say more (optional)",
        "What you write",
        "Needed for “Another interest”. Read by the core team",
        limit=500,
    )

    def is_valid(self) -> bool:
        """Validate that school and kind are given, and a description where the kind needs one."""
        self.validate()
        if not self.other.data:
            add_error(self.other, self.other.cure)
        if not self.kind.data:
            add_error(self.kind, self.kind.cure)
        if self.kind.data == "other" and not self.words.data:
            add_error(self.words, "Say what the interest is")
        return not self.errors
