"""The form of a visit."""

from wtforms import Form

from alongside.features.agreements.visits.values import VisitRecord
from alongside.platform.forms.fields import Day, HalfDays, line, passage
from alongside.platform.forms.validation import require_fields

NEEDED = {
    "visit_on": "Enter the day of the visit, like 24/11/2026",
    "days": "Enter days as a whole or half number up to 20, like 0.5 or 1",
    "focus": "Say in a few words what the visit was about",
}
FIELDS = ("visit_on", "days", "focus", "done", "next_steps")


class VisitForm(Form):
    """Date, days, subject, what was done and next steps."""

    visit_on = Day("Day of the visit", NEEDED["visit_on"])
    days = HalfDays("Days", NEEDED["days"], description="Half a day is 0.5")
    focus = line("What was it about?", "The focus", "For example, “Guided reading in Year 2”", limit=200)
    done = passage("What was done?", "What was done", "Name no pupil", limit=4000)
    next_steps = passage("What comes next? (optional)", "What comes next", limit=2000)

    def is_valid(self, *, recorded: bool) -> bool:
        """Whether the values are valid: for a plan, or for the record of a visit that has taken place."""
        self.validate()
        require_fields(self, NEEDED | ({"done": "Say what was done"} if recorded else {}))
        if self.days.data is not None and self.days.data > 20 and not self.days.errors:
            self.days.errors = [NEEDED["days"]]
        return not self.errors

    def record(self) -> VisitRecord:
        """The submitted record; call it after `is_valid`."""
        return VisitRecord(
            self.visit_on.data,
            self.days.data,
            self.focus.data or "",
            self.done.data or "",
            self.next_steps.data or "",
        )
