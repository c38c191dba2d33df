"""Forms of tasks and criteria."""

from collections.abc import Sequence
from datetime import date
from typing import TypedDict
from uuid import UUID

from wtforms import Form

from alongside.features.escalations.rows import PersonName
from alongside.platform.forms.fields import Choice, Day, line, passage
from alongside.platform.forms.validation import add_error, require_fields

NEEDED = {
    "what": "Enter the action",
    "due_on": "Enter the due date, like 12/3/2027",
}


class WrittenTask(TypedDict):
    """The columns of a task that people write."""

    what: str
    owner_id: UUID | None
    owner_name: str
    due_on: date


class TaskForm(Form):
    """What to do, who does it, and by when."""

    what = line("Action", "The action", "One thing that can be finished", limit=400)
    owner_id = Choice("Person responsible", "Select a person from the list", render_kw={"select": True})
    owner_name = line("Name and role, if not on the list", "The name")
    due_on = Day("Due date", NEEDED["due_on"])

    def offer(self, people: Sequence[PersonName]) -> None:
        """Set the people that can be chosen."""
        self.owner_id.choices = [
            ("", "Someone who is not on the list"),
            *((str(one.id), one.name) for one in people),
        ]

    def is_valid(self, today: date) -> bool:
        """Validate: a title, an owner and a due date that is not in the past."""
        self.validate()
        require_fields(self, NEEDED)
        if not self.owner_id.data and not self.owner_name.data:
            add_error(self.owner_id, "Select the person responsible, or enter a name")
        if self.due_on.data is not None and self.due_on.data < today:
            add_error(self.due_on, "The date must be today or later")
        return not self.errors

    def columns(self) -> WrittenTask:
        """The values of the task, by column."""
        named = {value: label for value, label, *_ in self.owner_id.iter_choices() if value}
        chosen = self.owner_id.data or ""
        return {
            "what": self.what.data,
            "owner_id": UUID(chosen) if chosen else None,
            "owner_name": named.get(chosen) or self.owner_name.data,
            "due_on": self.due_on.data,
        }


class CriterionForm(Form):
    """The evidence that a criterion is met."""

    evidence = passage("Evidence", "The evidence", "How you know that the criterion is met", limit=1000)

    def is_valid(self) -> bool:
        """Validate: evidence is required."""
        self.validate()
        require_fields(self, {"evidence": "Enter the evidence. Others will read it a year from now"})
        return not self.errors
