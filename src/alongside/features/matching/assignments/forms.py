"""The form in which a lead pins or forbids a partner."""

from wtforms import Form, HiddenField

from alongside.platform.forms.fields import passage
from alongside.platform.forms.validation import add_error


class ConstraintForm(Form):
    """The offer, the kind of constraint, and the reason, which other people will read."""

    kind = HiddenField()
    offer = HiddenField()
    reason = passage("Why?", "The reason", "Those who lead with you and the core team read this", limit=500)

    def is_valid(self) -> bool:
        """Validate that a reason is given."""
        self.validate()
        if not self.reason.data:
            add_error(self.reason, "Say why, so that others understand the plan later")
        return not self.errors
