"""The form on which the pairs of a plan are ticked."""

from collections.abc import Sequence
from uuid import UUID

from wtforms import Form, SelectMultipleField

CURE = "Leave at least one pair ticked, or go back to the plan"


class SendForm(Form):
    """The needs whose pairs are sent."""

    need = SelectMultipleField("Pairs to send", validate_choice=False)

    def is_valid(self) -> bool:
        """Validate that at least one need is ticked, and that each is an id."""
        self.validate()
        if not self.need.data:
            self.need.errors = [CURE]
        elif not self.needs():
            self.need.errors = ["Choose pairs from the list"]
        return not self.errors

    def needs(self) -> Sequence[UUID]:
        """The ticked needs; none if a value is not an id."""
        try:
            return [UUID(one) for one in self.need.data or ()]
        except ValueError:
            return []
