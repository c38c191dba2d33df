"""What a peer and what those who verify are asked."""

from typing import Any

from wtforms import BooleanField, Form, HiddenField

from alongside.features.directory.evidence import LEVELS
from alongside.features.needs.forms import attach_errors
from alongside.platform.forms.fields import Choice, passage, says_something


class CheckForm(Form):
    """What somebody of another school says who has read an entry, or seen it done."""

    fit = Choice("Can another school follow this?", "Choose whether another school can follow this")
    note = passage(
        "What would you say to the school?",
        "What you say",
        "What is clear, what is missing, what you have seen yourself. The school reads this",
        1000,
    )

    def __init__(self, *given: Any, **settled: Any) -> None:
        """Read what was typed."""
        super().__init__(*given, **settled)
        self.fit.choices = [("yes", "Yes: let it be verified"), ("no", "Not yet: give it back")]

    def holds(self) -> bool:
        """Whether there is an answer, and words with it."""
        self.validate()
        if not self.fit.data:
            attach_errors(self.fit, self.fit.cure)
        if not says_something(self.note.data):
            attach_errors(self.note, "Say what you think of it: the school will want to know")
        return not self.errors


class VerificationForm(Form):
    """How strong the evidence is, as those find who verify it."""

    version = HiddenField()
    level = Choice("How strong is the evidence?", "Choose how strong the evidence is")
    seen = BooleanField("I have seen what shows it")
    note = passage("What did you look at? (optional)", "What you looked at", limit=1000)

    def __init__(self, *given: Any, **settled: Any) -> None:
        """Read what was typed, or show what is claimed."""
        super().__init__(*given, **settled)
        self.level.choices = [(str(one.number), f"{one.label}: {one.meaning}") for one in LEVELS]

    def holds(self) -> bool:
        """Whether a level is chosen, and anything above the school's own word was looked at."""
        self.validate()
        if not self.level.data:
            attach_errors(self.level, self.level.cure)
        elif int(self.level.data) > 1 and not self.seen.data:
            attach_errors(self.seen, "Tick that you have seen what shows it, or choose “Self-reported”")
        return not self.errors
