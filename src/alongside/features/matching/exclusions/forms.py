"""The form to exclude a school."""

from wtforms import Form

from alongside.features.matching.school_choices import school_choice
from alongside.features.needs.forms import attach_errors
from alongside.platform.forms.fields import passage


class ExclusionForm(Form):
    """The school and an optional reason."""

    other = school_choice("Which school?")
    reason = passage(
        "Why? (optional)", "What you write", "Only your school and the core team read this", limit=500
    )

    def holds(self) -> bool:
        """Validate that a school is chosen."""
        self.validate()
        if not self.other.data:
            attach_errors(self.other, self.other.cure)
        return not self.errors
