"""The form of an aim."""

from wtforms import Form

from alongside.features.agreements.forms import must_be_filled
from alongside.platform.forms.fields import line, passage

NEEDED = {"aim": "Say what is to be achieved", "measure": "Say how you will know"}
TEXTS = ("aim", "measure", "baseline", "target")


class AimForm(Form):
    """An aim: its text, measure, baseline and target."""

    aim = passage("What is to be achieved?", "The aim", limit=500)
    measure = line("How is it measured?", "The measure", "For example, “Words read a minute”", limit=300)
    baseline = line("Where does it stand now? (optional)", "The start", limit=300)
    target = line("Where should it be at the end? (optional)", "The target", limit=300)

    def holds(self) -> bool:
        """Whether there is an aim and a measure."""
        self.validate()
        must_be_filled(self, NEEDED)
        return not self.errors

    def texts(self) -> dict[str, str]:
        """The submitted texts."""
        return {name: self[name].data or "" for name in TEXTS}
