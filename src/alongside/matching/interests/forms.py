"""The form in which somebody declares an interest in a school."""

from wtforms import Form

from alongside.matching.barrier import INTERESTS
from alongside.matching.schools import school_choice
from alongside.needs.fields import Choice, passage
from alongside.needs.forms import blame


class InterestForm(Form):
    """In which school, and of which kind."""

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

    def holds(self) -> bool:
        """Whether school and kind are given, with words where they are needed."""
        self.validate()
        if not self.other.data:
            blame(self.other, self.other.cure)
        if not self.kind.data:
            blame(self.kind, self.kind.cure)
        if self.kind.data == "other" and not self.words.data:
            blame(self.words, "Say what the interest is")
        return not self.errors
