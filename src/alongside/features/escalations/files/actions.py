"""Add and remove attachments."""

from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.escalations.files.models import EscalationFile
from alongside.features.escalations.files.queries import FILE, FILES_HELD
from alongside.features.escalations.models import FINALS
from alongside.features.escalations.queries import lock_escalation, lock_part, of_person
from alongside.features.escalations.transitions import record_event
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.reads import fetch_all
from alongside.platform.uploads.file_types import CheckedFile

WORK = Permission.CONTRIBUTE_TO_ESCALATION
MOST_FILES = 40
MOST_BYTES = 60_000_000


async def add_file(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    file: CheckedFile,
    content: bytes,
    *,
    for_school: bool,
) -> UUID:
    """Add an attachment. Raises ValidationFailed if the escalation has too many."""
    row = await lock_escalation(session, person, WORK, escalation_id)
    if row.state in FINALS:
        raise ActionRefused("This escalation is closed. Reopen it first.", row.state)
    [held] = await fetch_all(session, FILES_HELD, of_person(person, escalation_id=escalation_id))
    if held.count >= MOST_FILES or held.size + len(content) > MOST_BYTES:
        raise ValidationFailed(
            {"file": [f"An escalation holds {MOST_FILES} attachments and 60 MB. Remove one first."]}
        )
    made = EscalationFile(
        authority_id=person.authority_id,
        escalation_id=escalation_id,
        name=file.name,
        kind=file.kind,
        size=len(content),
        content=content,
        for_school=for_school,
        added_by=person.id,
    )
    session.add(made)
    await session.flush()
    await record_audit(session, person, "add_file", "escalation", escalation_id)
    await record_event(session, person, escalation_id, "add_file", made.name, for_school=for_school)
    return made.id


async def remove_file(session: AsyncSession, person: Principal, file_id: UUID, why: str) -> None:
    """Remove an attachment: its content is deleted, its row stays with the reason."""
    part = await lock_part(session, person, WORK, FILE, file_id)
    file, row = part.row, part.escalation
    await session.execute(
        update(EscalationFile)
        .where(EscalationFile.authority_id == person.authority_id, EscalationFile.id == file_id)
        .values(content=None, removed_at=func.now())
        .execution_options(synchronize_session=False)
    )
    await record_audit(session, person, "remove_file", "escalation", row.id)
    await record_event(
        session, person, row.id, "remove_file", f"{file.name}\n{why}", for_school=file.for_school
    )
