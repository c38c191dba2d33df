"""Form to name a reader of an escalation."""

from collections.abc import Sequence

from wtforms import Form

from alongside.features.escalations.rows import PersonInRole
from alongside.platform.access.principal import ROLE_NAMES, Role
from alongside.platform.forms.fields import Choice, line
from alongside.platform.forms.validation import require_fields


class ReaderForm(Form):
    """The person who may read an escalation, and the seat they hold on the board."""

    person_id = Choice("Person", "Select a person from the list", render_kw={"select": True})
    seat = line("Seat on the board", "The seat", "For example, “Board member for primary schools”")

    def offer(self, people: Sequence[PersonInRole]) -> None:
        """Set the people that can be chosen."""
        self.person_id.choices = [
            (str(one.id), f"{one.name}, {ROLE_NAMES[Role(one.role)].lower()}") for one in people
        ]

    def is_valid(self) -> bool:
        """Validate: person and seat are required."""
        self.validate()
        require_fields(self, {"person_id": "Select a person from the list", "seat": "Enter the seat"})
        return not self.errors
