"""Forms of claims: which visits, and the payment."""

from datetime import date

from wtforms import Form

from alongside.platform.forms.fields import Choices, Day, line, says_something
from alongside.platform.forms.validation import add_error


class ClaimForm(Form):
    """The visits to claim, and the school's own invoice number."""

    visits = Choices("Visits to claim", "Select visits from the list")
    invoice_number = line(
        "Your invoice number (optional)", "The invoice number", "It is shown on the payment list", 40
    )

    def is_valid(self) -> bool:
        """Whether a visit is chosen."""
        self.validate()
        if not self.visits.data and not self.visits.errors:
            add_error(self.visits, "Select at least one visit")
        return not self.errors


class PaymentForm(Form):
    """The date and the reference of a payment."""

    paid_on = Day("Date of the payment")
    payment_reference = line("Payment reference", "The reference", "From the finance system", 60)

    def check(self, first: date, today: date) -> bool:
        """Whether both are given, and the date is from `first`, the day of the approval, to today."""
        self.validate()
        paid_on = self.paid_on.data
        if paid_on is None and not self.paid_on.errors:
            add_error(self.paid_on, "Enter the date of the payment")
        elif paid_on is not None and not first <= paid_on <= today:
            add_error(self.paid_on, "Enter a date from the day of the approval until today")
        if not says_something(self.payment_reference.data):
            add_error(self.payment_reference, "Enter the payment reference")
        return not self.errors
