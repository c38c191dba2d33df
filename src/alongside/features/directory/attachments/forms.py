"""The form for adding a picture."""

from wtforms import Form

from alongside.platform.forms.fields import line, says_something
from alongside.platform.forms.validation import add_error


class PictureForm(Form):
    """The alternative text of a picture, for people who cannot see it."""

    alternative_text = line(
        "What is on it?",
        "What is on it",
        "For people who cannot see it. Name nobody, and show no pupil’s face",
        300,
    )

    def is_valid(self) -> bool:
        """Validate the form: the alternative text is required."""
        self.validate()
        if not says_something(self.alternative_text.data):
            add_error(self.alternative_text, "Say what is on the picture, for people who cannot see it")
        return not self.errors
