"""The terms of a proposal, and their form."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from wtforms import Form

from alongside.platform.forms.fields import Day, HalfDays, passage
from alongside.platform.forms.validation import add_error, check_date_order, require_fields

NEEDED = {
    "days": "Enter days as a whole or half number, like 3 or 2.5",
    "starts_on": "Enter the first day, like 11/1/2027",
    "ends_on": "Enter the last day, like 26/3/2027",
}


A_MONTH = timedelta(days=31)
"""How long before the proposal support can have started."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Proposed days, dates and a message to the other side."""

    days: Decimal
    starts_on: date
    ends_on: date
    message: str

    def columns(self) -> dict[str, object]:
        """The terms as columns of `proposal`."""
        return {
            "days": self.days,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "message": self.message,
        }


class TermsForm(Form):
    """Days, dates and a message to the other side."""

    days = HalfDays("How many days?", NEEDED["days"], description="In whole or half days")
    starts_on = Day("From", NEEDED["starts_on"])
    ends_on = Day("Until", NEEDED["ends_on"])
    message = passage("Message to the other school (optional)", "What you write", limit=2000)

    def is_valid(self, today: date) -> bool:
        """Whether days and dates are given and valid."""
        self.validate()
        require_fields(self, NEEDED)
        check_date_order(self)
        if self.ends_on.data and self.ends_on.data < today:
            add_error(self.ends_on, "Enter an end that is today or later")
        if self.starts_on.data and self.starts_on.data < today - A_MONTH:
            add_error(self.starts_on, "Enter a first day within the last month or later")
        return not self.errors

    def terms(self) -> Terms:
        """The submitted terms; call it after `is_valid`."""
        return Terms(self.days.data, self.starts_on.data, self.ends_on.data, self.message.data or "")
