"""The form to suspend a school as a supporter."""

from datetime import date

from wtforms import Form

from alongside.features.schools.choices import school_choice
from alongside.platform.forms.fields import Day, passage
from alongside.platform.forms.validation import add_error


class SuspensionForm(Form):
    """The school, the reason, and an optional end date."""

    school = school_choice("Which school?")
    reason = passage("Reason", "The reason", "Only the core team reads this", limit=500)
    until_on = Day(
        "Until (optional)",
        "Enter a real date, like 26/3/2027",
        description="Without a date, the school is suspended until you end it",
    )

    def is_valid(self, today: date) -> bool:
        """Validate that school and reason are given, and the end date is not in the past."""
        self.validate()
        if not self.school.data:
            add_error(self.school, self.school.cure)
        if not self.reason.data:
            add_error(self.reason, "Enter a reason")
        if self.until_on.data and self.until_on.data < today:
            add_error(self.until_on, "Enter a day that is today or later")
        return not self.errors
