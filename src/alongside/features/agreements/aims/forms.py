"""The form of an aim."""

from wtforms import Form

from alongside.platform.forms.fields import line, passage
from alongside.platform.forms.validation import require_fields

NEEDED = {"aim": "Enter what you want to achieve", "measure": "Enter how you will measure it"}
TEXTS = ("aim", "measure", "baseline", "target")


class AimForm(Form):
    """An aim: its text, measure, baseline and target."""

    aim = passage("What do you want to achieve?", "The aim", limit=500)
    measure = line("How will you measure it?", "The measure", "For example, “Words read a minute”", limit=300)
    baseline = line("Where are you now? (optional)", "The start", limit=300)
    target = line("What is your target? (optional)", "The target", limit=300)

    def is_valid(self) -> bool:
        """Whether there is an aim and a measure."""
        self.validate()
        require_fields(self, NEEDED)
        return not self.errors

    def texts(self) -> dict[str, str]:
        """The submitted texts."""
        return {name: self[name].data or "" for name in TEXTS}
