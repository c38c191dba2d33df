"""Acting on several rows of a list at once: the selected rows, and the page that confirms what will happen."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from wtforms import Form

from alongside.errors import ActionRefused
from alongside.platform.forms.form_action import FormContext
from alongside.platform.web.form_data import FormData

SELECTED = "selected"
"""The name of the checkboxes of a list."""

MOST_SELECTED = 50
"""How many rows can be acted on at once."""


@dataclass(frozen=True, slots=True)
class SelectedRow:
    """A selected row: its id, its name, what will happen to it, and why it is left out, if it is."""

    id: str
    name: str
    what: str
    left_out: str | None = None


@dataclass(frozen=True, kw_only=True)
class Selection(FormContext):
    """The rows that were selected, and why nothing can be done with them, if so."""

    rows: Sequence[SelectedRow]
    problem: str | None


class SelectionForm(Form):
    """A confirmation: the selected rows are sent beside it."""


def selected_ids(data: FormData) -> list[UUID]:
    """Return the ids of the selected rows, each once, in their order; others are ignored."""
    found: dict[UUID, None] = {}
    for value in data.getlist(SELECTED)[: MOST_SELECTED + 1]:
        try:
            found[UUID(str(value))] = None
        except ValueError:
            continue
    return list(found)


def selected_numbers(data: FormData) -> list[int]:
    """Return the numbers of the selected rows, such as URNs, each once; others are ignored."""
    values = (str(value) for value in data.getlist(SELECTED)[: MOST_SELECTED + 1])
    return list(
        dict.fromkeys(int(one) for one in values if one.isascii() and one.isdecimal() and len(one) < 9)
    )


def selection(rows: Sequence[SelectedRow]) -> Selection:
    """Return what the page of a selection shows."""
    problem = None
    if len(rows) > MOST_SELECTED:
        problem = f"Select {MOST_SELECTED} rows or fewer. Go back and choose again."
    elif not rows:
        problem = "Select at least one row. Go back and choose again."
    elif all(one.left_out for one in rows):
        problem = "None of the selected rows can be changed."
    return Selection(rows=rows, problem=problem)


def refuse_problem(rows: Sequence[SelectedRow]) -> None:
    """Refuse a selection with which nothing can be done. Raises ActionRefused."""
    problem = selection(rows).problem
    if problem:
        raise ActionRefused(problem)
