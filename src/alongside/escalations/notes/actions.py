"""Writing officers' notes."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.escalations.notes.model import OfficersNote
from alongside.escalations.queries import case_to
from alongside.journal.actions import write_journal


async def write_note(session: AsyncSession, person: Person, case_id: UUID, weight: str, words: str) -> None:
    """Write a note for the core team. It stays as it is written; what was wrong is put right by another."""
    row = await case_to(session, person, Permission.SEE_OFFICERS_NOTES, case_id)
    await session.execute(
        insert(OfficersNote).values(
            authority_id=person.authority_id, case_id=row.id, weight=weight, words=words, written_by=person.id
        )
    )
    await write_journal(session, person, "write_note", "escalation", row.id)
