"""The timeline of a record, as display text from the audit log."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from alongside.platform.access.principal import ROLE_NAMES, Role
from alongside.platform.audit.queries import RecordedAction
from alongside.platform.workflow import Workflow

BESIDES = {
    "recalculate_deadline": "moved a date, because a calendar changed",
    "carry_over": "carried over to the school that took this one over",
}
"""Display text of actions on any record that change no state."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry of a timeline: time, person, action, and a note with the reason and changes."""

    at: datetime
    who: str
    text: str
    note: str | None


def timeline_entries(
    entries: Iterable[RecordedAction],
    flow: Workflow,
    labels: dict[str, str],
    display_value: Callable[[str, object], str],
    besides: Mapping[str, str],
) -> list[TimelineEntry]:
    """Timeline entries from audit entries. `labels` maps fields to labels, `display_value` formats their values.

    `besides` is the display text of actions that change no state.
    """
    past = {move.verb: move.past for move in flow.moves} | BESIDES | dict(besides)
    timeline = []
    for entry in entries:
        lines = [entry.note] if entry.note else []
        for name, (before, after) in entry.changes.items():
            old, new = display_value(name, whole(name, before)), display_value(name, whole(name, after))
            lines.append(f"{labels.get(name, name)}: “{old}” became “{new}”")
        role = Role(entry.role)
        who = entry.person_name if role is Role.SYSTEM else f"{entry.person_name} ({ROLE_NAMES[role]})"
        timeline.append(
            TimelineEntry(entry.at, who, past.get(entry.verb, entry.verb), "\n".join(lines) or None)
        )
    return timeline


def whole(name: str, kept: object) -> object:
    """Convert a value from the audit log back to the type of its column."""
    if not isinstance(kept, str):
        return kept
    if name.endswith(("_on", "_from", "_until")):
        return date.fromisoformat(kept)
    return Decimal(kept) if name in ("days", "days_total") else kept
