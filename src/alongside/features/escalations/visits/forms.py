"""Form of a visit."""

from datetime import date
from typing import Any

from wtforms import BooleanField, Form

from alongside.features.escalations.state_changes.forms import NARROW, Hours
from alongside.platform.forms.fields import Day, line, passage
from alongside.platform.forms.validation import add_error, require_fields

NEEDED = {
    "visit_on": "Enter the day of the visit, like 24/11/2026",
    "hours": "Enter hours as a whole or half number up to 40, like 3 or 2.5",
    "who": "Say who went",
    "focus": "Say in a few words what it was about",
    "found": "Say what was found",
}
FIELDS = ("visit_on", "hours", "who", "focus", "found", "next_steps", "for_school")


class VisitForm(Form):
    """Date, hours and visitor; findings and next steps."""

    visit_on = Day("Day of the visit", NEEDED["visit_on"])
    hours = Hours("Hours", NEEDED["hours"], description="With preparing and travelling", render_kw=NARROW)
    who = line("Who went?", "The names", limit=200)
    focus = line("What was it about?", "The focus", "For example, “Leadership of reading”", limit=200)
    found = passage("What was found?", "What was found", "What was seen and said. Name no pupil")
    next_steps = passage("What follows? (optional)", "What follows", limit=2000)
    for_school = BooleanField("The school reads this, once it has been told of the escalation", default=True)

    def is_valid(self, today: date) -> bool:
        """Validate: every required field is filled in, and the date is not in the future."""
        self.validate()
        require_fields(self, NEEDED)
        if self.visit_on.data is not None and self.visit_on.data > today:
            add_error(self.visit_on, "A visit that has taken place cannot lie ahead. Enter today or earlier")
        if self.hours.data is not None and not 0 < self.hours.data <= 40:
            add_error(self.hours, NEEDED["hours"])
        return not self.errors

    def columns(self) -> dict[str, Any]:
        """The values of the visit, by column."""
        kept = {name: self[name].data for name in FIELDS}
        return kept | {"next_steps": self.next_steps.data or ""}


def form_of(visit: Any) -> VisitForm:
    """The form filled with a recorded visit."""
    return VisitForm(data={name: getattr(visit, name) for name in FIELDS})
