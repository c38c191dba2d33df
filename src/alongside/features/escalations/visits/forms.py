"""Form of a visit."""

from datetime import date
from decimal import Decimal
from typing import TypedDict

from wtforms import BooleanField, Form

from alongside.features.escalations.state_changes.forms import NARROW, Hours
from alongside.platform.forms.fields import Day, line, passage
from alongside.platform.forms.validation import add_error, require_fields

NEEDED = {
    "visit_on": "Enter the date of the visit, like 24/11/2026",
    "hours": "Enter hours as a whole or half number up to 40, like 3 or 2.5",
    "who": "Enter who visited",
    "focus": "Enter the focus in a few words",
    "found": "Enter the findings",
}


class WrittenVisit(TypedDict):
    """The columns of a visit that people write."""

    visit_on: date
    hours: Decimal | float
    who: str
    focus: str
    found: str
    next_steps: str
    for_school: bool


class VisitForm(Form):
    """Date, hours and visitor; findings and next steps."""

    visit_on = Day("Date of the visit", NEEDED["visit_on"])
    hours = Hours("Hours", NEEDED["hours"], description="Include preparation and travel", render_kw=NARROW)
    who = line("Visitors", "The names", limit=200)
    focus = line("Focus", "The focus", "For example, “Leadership of reading”", limit=200)
    found = passage("Findings", "The findings", "What you saw and heard. Do not name a pupil")
    next_steps = passage("Next steps (optional)", "The next steps", limit=2000)
    for_school = BooleanField(
        "The school can read this, once it has been told of the escalation", default=True
    )

    def is_valid(self, today: date) -> bool:
        """Validate: every required field is filled in, and the date is not in the future."""
        self.validate()
        require_fields(self, NEEDED)
        if self.visit_on.data is not None and self.visit_on.data > today:
            add_error(self.visit_on, "The date of the visit must be today or earlier")
        if self.hours.data is not None and not 0 < self.hours.data <= 40:
            add_error(self.hours, NEEDED["hours"])
        return not self.errors

    def columns(self) -> WrittenVisit:
        """The values of the visit, by column."""
        return {
            "visit_on": self.visit_on.data,
            "hours": self.hours.data,
            "who": self.who.data,
            "focus": self.focus.data,
            "found": self.found.data,
            "next_steps": self.next_steps.data or "",
            "for_school": self.for_school.data,
        }
