"""Officers' notes: PostgreSQL shows them to the core team alone."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.escalations.notes.model import OfficersNote
from alongside.escalations.queries import AUTHORITY, of_case
from alongside.people.model import PersonRow

NOTES: Any = (
    select(OfficersNote.weight, OfficersNote.words, OfficersNote.written_at, PersonRow.name.label("writer"))
    .join(PersonRow, (PersonRow.authority_id == AUTHORITY) & (PersonRow.id == OfficersNote.written_by))
    .where(OfficersNote.authority_id == AUTHORITY, OfficersNote.case_id == bindparam("case_id"))
    .order_by(OfficersNote.id.desc())
    .limit(literal_column("200"))
)


async def notes_of(session: AsyncSession, person: Person, case_id: UUID) -> Sequence[Row[Any]]:
    """The officers' notes of a case, newest first; none for anybody else."""
    return await of_case(session, person, NOTES, case_id)
