"""The form to exclude a school."""

from wtforms import Form

from alongside.features.schools.choices import school_choice
from alongside.platform.forms.fields import passage
from alongside.platform.forms.validation import add_error


class ExclusionForm(Form):
    """The school and an optional reason."""

    other = school_choice("Which school?")
    reason = passage(
        "Reason (optional)", "The reason", "Only your school and the core team read this", limit=500
    )

    def is_valid(self) -> bool:
        """Validate that a school is chosen."""
        self.validate()
        if not self.other.data:
            add_error(self.other, self.other.cure)
        return not self.errors
