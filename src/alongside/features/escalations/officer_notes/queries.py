"""Query of officers' notes; the row policy shows them to the core team only."""

from datetime import datetime

import msgspec
from sqlalchemy import literal_column, select

from alongside.features.escalations.officer_notes.models import OfficersNote
from alongside.features.escalations.queries import AUTHORITY, ESCALATION_ID
from alongside.features.people.models import Person
from alongside.platform.database.reads import Read


class NoteRow(msgspec.Struct, frozen=True):
    """A note with the name of its writer."""

    weight: str
    words: str
    written_at: datetime
    writer: str


NOTES = Read(
    select(OfficersNote.weight, OfficersNote.words, OfficersNote.written_at, Person.name)
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == OfficersNote.written_by))
    .where(OfficersNote.authority_id == AUTHORITY, OfficersNote.escalation_id == ESCALATION_ID)
    .order_by(OfficersNote.id.desc())
    .limit(literal_column("200")),
    NoteRow,
)
"""The officers' notes of an escalation, newest first; empty for other roles."""
