"""The question “what if this school gave so many more days”."""

from collections.abc import Sequence
from decimal import Decimal

from wtforms import Form

from alongside.features.needs.forms import attach_errors
from alongside.platform.forms.fields import Choice, HalfDays

MOST_DAYS = Decimal(20)


class MoreDaysForm(Form):
    """An offer, and how many more days it might have."""

    offer = Choice("Offer", "Choose an offer from the list", render_kw={"select": True})
    days = HalfDays("How many more days?", "Enter days as a whole or half number, like 3 or 2.5")

    def offers(self, choices: Sequence[tuple[str, str]]) -> None:
        """Fill the list."""
        self.offer.choices = [("", "Choose an offer"), *choices]

    def holds(self) -> bool:
        """Whether an offer was chosen and days were said."""
        self.validate()
        if not self.offer.data:
            attach_errors(self.offer, self.offer.cure)
        if not self.days.errors and (self.days.data is None or not 0 < self.days.data <= MOST_DAYS):
            attach_errors(self.days, f"Enter more than 0 and at most {MOST_DAYS} days")
        return not self.errors
