"""What is asked of somebody who adds a picture."""

from wtforms import Form

from alongside.features.needs.forms import attach_errors
from alongside.platform.forms.fields import line, says_something


class PictureForm(Form):
    """What is on a picture, for those who cannot see it."""

    alternative_text = line(
        "What is on it?",
        "What is on it",
        "For people who cannot see it. Name nobody, and show no pupil’s face",
        300,
    )

    def holds(self) -> bool:
        """Whether it is said what is on the picture."""
        self.validate()
        if not says_something(self.alternative_text.data):
            attach_errors(self.alternative_text, "Say what is on the picture, for people who cannot see it")
        return not self.errors
