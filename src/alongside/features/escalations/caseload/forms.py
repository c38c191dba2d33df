"""Form to arrange leave cover."""

from collections.abc import Sequence
from datetime import date

from wtforms import Form

from alongside.features.escalations.rows import PersonInRole
from alongside.platform.forms.fields import Choice, Day
from alongside.platform.forms.validation import add_error, check_date_order, require_fields

NEEDED = {
    "away_id": "Select who is on leave",
    "cover_id": "Select who covers",
    "starts_on": "Enter the first day, like 12/3/2027",
    "ends_on": "Enter the last day, like 16/3/2027",
}


class CoverForm(Form):
    """Who is away, who covers, and the first and last day."""

    away_id = Choice("Person on leave", NEEDED["away_id"])
    cover_id = Choice("Person who covers", NEEDED["cover_id"])
    starts_on = Day("First day", NEEDED["starts_on"])
    ends_on = Day("Last day", NEEDED["ends_on"])

    def offer(self, people: Sequence[PersonInRole]) -> None:
        """Set the officers that can be chosen."""
        self.away_id.choices = [(str(one.id), one.name) for one in people]
        self.cover_id.choices = list(self.away_id.choices)

    def is_valid(self, today: date) -> bool:
        """Validate: two different officers, and a period that has not ended."""
        self.validate()
        require_fields(self, NEEDED)
        check_date_order(self)
        if self.ends_on.data is not None and self.ends_on.data < today:
            add_error(self.ends_on, "The date must be today or later")
        if self.away_id.data and self.away_id.data == self.cover_id.data:
            add_error(self.cover_id, "Select someone else. A person cannot cover for themselves")
        return not self.errors
