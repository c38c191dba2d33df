"""Forms of tasks and criteria."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from wtforms import Form

from alongside.platform.forms.fields import Choice, Day, line, passage
from alongside.platform.forms.validation import add_error, require_fields

NEEDED = {
    "what": "Say what is to be done",
    "due_on": "Enter the day by which it is done, like 12/3/2027",
}


class TaskForm(Form):
    """What to do, who does it, and by when."""

    what = line("What is to be done?", "What is to be done", "One thing that can be finished", limit=400)
    owner_id = Choice("Who does it?", "Choose somebody from the list", render_kw={"select": True})
    owner_name = line("Or somebody else", "The name", "Name and role, if they are not on the list")
    due_on = Day("By when?", NEEDED["due_on"])

    def offer(self, people: Sequence[Any]) -> None:
        """Set the people that can be chosen."""
        self.owner_id.choices = [("", "Somebody else"), *((str(one.id), one.name) for one in people)]

    def is_valid(self, today: date) -> bool:
        """Validate: a title, an owner and a due date that is not in the past."""
        self.validate()
        require_fields(self, NEEDED)
        if not self.owner_id.data and not self.owner_name.data:
            add_error(self.owner_id, "Choose who does it, or name somebody else")
        if self.due_on.data is not None and self.due_on.data < today:
            add_error(self.due_on, "This day is past. Enter today or a later day")
        return not self.errors

    def columns(self, people: Sequence[Any]) -> dict[str, Any]:
        """The values of the task, by column."""
        named = {str(one.id): one.name for one in people}
        chosen = self.owner_id.data or ""
        return {
            "what": self.what.data,
            "owner_id": UUID(chosen) if chosen else None,
            "owner_name": named.get(chosen) or self.owner_name.data,
            "due_on": self.due_on.data,
        }


class CriterionForm(Form):
    """The evidence that a criterion is met."""

    evidence = passage("How do you know that it is met?", "What you say", limit=1000)

    def is_valid(self) -> bool:
        """Validate: evidence is required."""
        self.validate()
        require_fields(self, {"evidence": "Say how you know: others will read this a year from now"})
        return not self.errors
