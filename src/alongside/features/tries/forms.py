"""Forms of a try: the line, and how it went."""

from wtforms import Form

from alongside.features.tries.models import LONGEST
from alongside.platform.forms.fields import line, says_something
from alongside.platform.forms.validation import add_error


class TryForm(Form):
    """One line that completes “I will try”."""

    line = line("I will try …", "The line", "For example, “ten minutes of rereading after lunch”", LONGEST)

    def is_valid(self) -> bool:
        """Whether the line says something."""
        self.validate()
        if not self.errors and not says_something(self.line.data):
            add_error(self.line, "Enter what you will try, in one line")
        return not self.errors


class OutcomeForm(Form):
    """What a school adds to its answer; the answer is the button."""

    line = line("Anything to add? (optional)", "The line", "Only your school reads this", LONGEST)
