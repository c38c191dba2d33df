"""The form that asks what more days of an offer would bring."""

from collections.abc import Sequence
from decimal import Decimal

from wtforms import Form

from alongside.platform.forms.fields import Choice, HalfDays
from alongside.platform.forms.validation import add_error
from alongside.platform.web.formatting import format_days

MOST_DAYS = Decimal(20)


class MoreDaysForm(Form):
    """An offer, and how many more days it could have."""

    offer = Choice("Offer", "Choose an offer from the list", render_kw={"select": True})
    days = HalfDays("How many more days?", "Enter days as a whole or half number, like 3 or 2.5")

    def offers(self, choices: Sequence[tuple[str, str]]) -> None:
        """Set the choices of the offer field."""
        self.offer.choices = [("", "Choose an offer"), *choices]

    def is_valid(self) -> bool:
        """Validate that an offer is chosen and the number of days is in range."""
        self.validate()
        if not self.offer.data:
            add_error(self.offer, self.offer.cure)
        if not self.days.errors and (self.days.data is None or not 0 < self.days.data <= MOST_DAYS):
            add_error(self.days, f"Enter more than 0 and at most {format_days(MOST_DAYS)}")
        return not self.errors
