"""Forms for the peer check and the verification."""

from collections.abc import Mapping

from wtforms import BooleanField, Form

from alongside.features.directory.evidence import LEVELS
from alongside.platform.forms.fields import Choice, passage, says_something
from alongside.platform.forms.validation import add_error
from alongside.platform.web.form_data import FormData


class CheckForm(Form):
    """The opinion of a person of another school who has read an entry or seen the practice."""

    fit = Choice("Can another school follow this?", "Choose whether another school can follow this")
    note = passage(
        "What would you say to the school?",
        "What you say",
        "What is clear, what is missing, what you have seen yourself. The school reads this",
        1000,
    )

    def __init__(self, formdata: FormData | None = None, data: Mapping[str, object] | None = None) -> None:
        """Bind the submitted values."""
        super().__init__(formdata, data=data)
        self.fit.choices = [("yes", "Yes, send it for verification"), ("no", "No, return it to the school")]

    def is_valid(self) -> bool:
        """Validate the form: an answer and an explanation are required."""
        self.validate()
        if not self.fit.data:
            add_error(self.fit, self.fit.cure)
        if not says_something(self.note.data):
            add_error(self.note, "Say what you think of it: the school will want to know")
        return not self.errors


class VerificationForm(Form):
    """The evidence level as judged by the person who verifies."""

    level = Choice("How strong is the evidence?", "Choose how strong the evidence is")
    seen = BooleanField("I have seen what shows it")
    note = passage("What did you look at? (optional)", "What you looked at", limit=1000)

    def __init__(self, formdata: FormData | None = None, data: Mapping[str, object] | None = None) -> None:
        """Bind the submitted values, or show the claimed level."""
        super().__init__(formdata, data=data)
        self.level.choices = [(str(one.number), f"{one.label}: {one.meaning}") for one in LEVELS]

    def is_valid(self) -> bool:
        """Validate the form: a level is required, and confirmation for more than the school's own report."""
        self.validate()
        if not self.level.data:
            add_error(self.level, self.level.cure)
        elif int(self.level.data) > 1 and not self.seen.data:
            add_error(self.seen, "Tick that you have seen what shows it, or choose “Self-reported”")
        return not self.errors
