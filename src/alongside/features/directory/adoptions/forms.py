"""The form for a school that uses another school's entry."""

from collections.abc import Mapping

from wtforms import Form

from alongside.features.directory.labels import WORKED
from alongside.platform.forms.fields import Choice, passage
from alongside.platform.forms.validation import add_error
from alongside.platform.web.form_data import FormData


class UseForm(Form):
    """Whether the practice worked, and what the school changed."""

    worked = Choice("Did it work for you?", "Choose whether it worked for you")
    notes = passage("What did you change? (optional)", "What you say", "Other schools read this", 2000)

    def __init__(self, formdata: FormData | None = None, data: Mapping[str, object] | None = None) -> None:
        """Bind the submitted values, or show the saved record."""
        super().__init__(formdata, data=data)
        self.worked.choices = list(WORKED.items())

    def is_valid(self) -> bool:
        """Validate the form: an answer is required."""
        self.validate()
        if not self.worked.data:
            add_error(self.worked, self.worked.cure)
        return not self.errors
