"""The form in which a school rules another one out."""

from wtforms import Form

from alongside.matching.schools import school_choice
from alongside.needs.fields import passage
from alongside.needs.forms import blame


class ExclusionForm(Form):
    """Which school, and if one wants to say so, why."""

    other = school_choice("Which school?")
    reason = passage(
        "Why? (optional)", "What you write", "Only your school and the core team read this", limit=500
    )

    def holds(self) -> bool:
        """Whether a school was chosen."""
        self.validate()
        if not self.other.data:
            blame(self.other, self.other.cure)
        return not self.errors
