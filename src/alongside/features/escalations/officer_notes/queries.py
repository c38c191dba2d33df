"""Query of officers' notes; the row policy shows them to the core team only."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.officer_notes.models import OfficersNote
from alongside.features.escalations.queries import AUTHORITY, of_escalation
from alongside.features.people.models import Person
from alongside.platform.access.principal import Principal

NOTES: Any = (
    select(OfficersNote.weight, OfficersNote.words, OfficersNote.written_at, Person.name.label("writer"))
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == OfficersNote.written_by))
    .where(OfficersNote.authority_id == AUTHORITY, OfficersNote.escalation_id == bindparam("escalation_id"))
    .order_by(OfficersNote.id.desc())
    .limit(literal_column("200"))
)


async def notes_of(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """The officers' notes of an escalation, newest first; empty for other roles."""
    return await of_escalation(session, person, NOTES, escalation_id)
