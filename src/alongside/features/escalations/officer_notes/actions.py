"""Add officers' notes."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.officer_notes.models import OfficersNote
from alongside.features.escalations.queries import get_escalation
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit


async def write_note(
    session: AsyncSession, person: Principal, escalation_id: UUID, weight: str, words: str
) -> None:
    """Add a note for the core team. Notes cannot be edited; add another note to correct one."""
    row = await get_escalation(session, person, Permission.VIEW_OFFICER_NOTES, escalation_id)
    await session.execute(
        insert(OfficersNote).values(
            authority_id=person.authority_id,
            escalation_id=row.id,
            weight=weight,
            words=words,
            written_by=person.id,
        )
    )
    await record_audit(session, person, "write_note", "escalation", row.id)
