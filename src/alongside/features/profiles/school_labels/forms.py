"""Forms of labels: the record, its end, and the rejection of a proposal."""

from collections.abc import Mapping
from datetime import date

from wtforms import Form

from alongside.features.authorities.setting_types import SchoolLabelEntry
from alongside.features.authorities.settings import on_offer
from alongside.features.profiles.school_labels.models import LONGEST_REASON, LONGEST_SOURCE
from alongside.features.schools.choices import school_choice
from alongside.platform.forms.fields import Choice, Day, line, passage, says_something
from alongside.platform.forms.validation import add_error, require_fields

A_DATE = "Enter a real date, like 26 3 2027"


class LabelForm(Form):
    """A school, a label, its first day and the source."""

    school = school_choice("School")
    label = Choice("Label", "Select a label")
    starts_on = Day("First day", A_DATE)
    source = line(
        "Source", "The source", "The report, letter or table that says so, with its date", LONGEST_SOURCE
    )

    def offer(self, labels: Mapping[str, SchoolLabelEntry]) -> None:
        """Fill the labels that are not retired."""
        self.label.choices = [(key, one.label) for key, one in on_offer(labels).items()]

    def check(self, today: date) -> bool:
        """Validate the form; a label starts today or earlier."""
        self.validate()
        for field in (self.school, self.label):
            if not field.data:
                add_error(field, field.cure)
        require_fields(self, {"starts_on": "Enter the first day"})
        if self.starts_on.data and self.starts_on.data > today:
            add_error(self.starts_on, "Enter a date that is today or earlier")
        if not says_something(self.source.data):
            add_error(self.source, "Enter the source")
        return not self.errors


class RejectionForm(LabelForm):
    """A proposed label that is wrong, and why."""

    note = passage("Why the label is wrong", "The reason", limit=LONGEST_REASON)

    def check(self, today: date) -> bool:
        """Validate the form: the reason is required too."""
        super().check(today)
        if not says_something(self.note.data):
            add_error(self.note, "Enter why the label is wrong")
        return not self.errors


class EndForm(Form):
    """The day from which a school no longer has a label, and why."""

    ends_on = Day("First day without the label", A_DATE)
    note = passage("Reason", "The reason", "The school reads it", LONGEST_REASON)

    def check(self, starts_on: date, today: date) -> bool:
        """Validate the form: a day from the first one to today, and a reason."""
        self.validate()
        require_fields(self, {"ends_on": "Enter the first day without the label"})
        day = self.ends_on.data
        if day and day > today:
            add_error(self.ends_on, "Enter a date that is today or earlier")
        elif day and day < starts_on:
            add_error(self.ends_on, "Enter a date that is not before the first day of the label")
        if not says_something(self.note.data):
            add_error(self.note, "Enter the reason")
        return not self.errors
