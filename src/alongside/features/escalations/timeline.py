"""The timeline of an escalation: its activity and the reminders that were sent, as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, literal_column, select, text

from alongside.features.escalations.deadlines import REMINDED_OF
from alongside.features.escalations.events import Event
from alongside.features.escalations.labels import PAST
from alongside.features.escalations.reminders.models import Reminder
from alongside.platform.access.principal import ROLE_NAMES, Principal, Role
from alongside.platform.database.combined_reads import CombinedRows
from alongside.platform.database.reads import Read
from alongside.platform.web.formatting import format_deadline

RECIPIENT_WORDS = {
    "owner_before": "The owner",
    "owner_on_the_day": "The owner",
    "core_team": "The core team",
    "head_of_service": "The head of service",
    "director": "The director",
}


class EventRow(msgspec.Struct, frozen=True):
    """An action that was taken in an escalation."""

    at: datetime
    verb: str
    note: str
    person_name: str
    role: str


class ReminderRow(msgspec.Struct, frozen=True):
    """A reminder that was sent."""

    deadline_kind: str
    step: str
    due_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry of the timeline: who, what, when and why."""

    at: datetime
    who: str
    text: str
    note: str | None


_EVENT, _REMINDER = Event.__table__.c, Reminder.__table__.c
EVENTS = Read(
    select(_EVENT.at, _EVENT.verb, _EVENT.note, _EVENT.person_name, _EVENT.role)
    .where(
        _EVENT.authority_id == bindparam("authority_id"), _EVENT.escalation_id == bindparam("escalation_id")
    )
    .order_by(_EVENT.id.desc())
    .limit(literal_column("200")),
    EventRow,
)
REMINDERS = Read(
    select(_REMINDER.deadline_kind, _REMINDER.step, _REMINDER.due_at, _REMINDER.at)
    .where(
        _REMINDER.authority_id == bindparam("authority_id"),
        _REMINDER.escalation_id == bindparam("escalation_id"),
        text("(people_notified > 0 OR step = 'director')"),
    )
    .order_by(_REMINDER.at.desc())
    .limit(literal_column("200")),
    ReminderRow,
)


def timeline_of(person: Principal, parts: CombinedRows) -> Sequence[TimelineEntry]:
    """The timeline, newest first; it includes the reminders sent, except for the school."""
    entries = [_action(one) for one in parts.of(EVENTS)]
    if person.school_urn is None:
        entries += [_reminder(one) for one in parts.of(REMINDERS)]
    return sorted(entries, key=lambda one: one.at, reverse=True)


def _action(one: EventRow) -> TimelineEntry:
    role = Role(one.role)
    who = one.person_name if role is Role.SYSTEM else f"{one.person_name} ({ROLE_NAMES[role]})"
    return TimelineEntry(one.at, who, PAST.get(one.verb, one.verb.replace("_", " ")), one.note or None)


def _reminder(one: ReminderRow) -> TimelineEntry:
    what = REMINDED_OF[one.deadline_kind].lower()
    words = f"was reminded: {what}, by {format_deadline(one.due_at)}"
    return TimelineEntry(one.at, RECIPIENT_WORDS[one.step], words, None)
