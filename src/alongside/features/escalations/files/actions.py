"""Add and remove attachments."""

import re
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.escalations.files.file_types import KINDS
from alongside.features.escalations.files.models import LARGEST, EscalationFile
from alongside.features.escalations.files.queries import bytes_taken, file_to
from alongside.features.escalations.models import FINALS
from alongside.features.escalations.queries import lock_escalation
from alongside.features.escalations.requester import refuse_interest
from alongside.features.escalations.transitions import record_event
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit

WORK = Permission.CONTRIBUTE_TO_ESCALATION
MOST_FILES = 40
MOST_BYTES = 60_000_000
TAKEN = ", ".join(kind.label for kind in KINDS.values())


async def add_file(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    name: str,
    content: bytes,
    *,
    kind: str | None,
    for_school: bool,
) -> UUID:
    """Add an attachment; `kind` is the type that `kind_of` detected from its content.

    Raises ValidationFailed if the file is empty, too large, of a type that is not accepted, or if its name has
    another extension.
    """
    row = await lock_escalation(session, person, WORK, escalation_id)
    await refuse_interest(session, person, row)
    if row.state in FINALS:
        raise ActionRefused(
            "This escalation is over, so nothing can be added to it. Open it again first.", row.state
        )
    kind = checked_kind(name, content, kind)
    count, size = await bytes_taken(session, person, escalation_id)
    if count >= MOST_FILES or size + len(content) > MOST_BYTES:
        raise ValidationFailed(
            {"file": [f"An escalation holds {MOST_FILES} attachments and 60 MB. Take one away first."]}
        )
    made = EscalationFile(
        authority_id=person.authority_id,
        escalation_id=escalation_id,
        name=safe_name(name, kind),
        kind=kind,
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


async def remove_file(session: AsyncSession, person: Principal, file_id: UUID, why: str) -> UUID:
    """Remove an attachment: its content is deleted, its row stays with the reason. Returns the escalation."""
    file, row = await file_to(session, person, WORK, file_id)
    row = await lock_escalation(session, person, WORK, row.id)
    await refuse_interest(session, person, row)
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
    escalation_id: UUID = row.id
    return escalation_id


def checked_kind(name: str, content: bytes, kind: str | None) -> str:
    """Check that the detected `kind` agrees with the file name. Raises ValidationFailed that says what to do."""
    if not content:
        raise ValidationFailed({"file": ["This file is empty. Choose another."]})
    if len(content) > LARGEST:
        raise ValidationFailed(
            {"file": [f"This file is larger than {LARGEST // 1_000_000} MB. Choose a smaller one."]}
        )
    if kind is None:
        raise ValidationFailed(
            {"file": [f"This is no file that an escalation takes. Choose one of: {TAKEN}."]}
        )
    ending = name.rpartition(".")[2].lower()
    if ending not in (KINDS[kind].ending, *({"jpeg"} if kind == "jpeg" else set())):
        raise ValidationFailed(
            {
                "file": [
                    f"The name says “{ending[:12]}”, but the content is a {KINDS[kind].label}. Check the file."
                ]
            }
        )
    return kind


def safe_name(name: str, kind: str) -> str:
    """A safe file name: letters, digits, spaces and a few marks, with the extension of its type."""
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    plain = re.sub(r"\s+", " ", re.sub(r"[^\w ().,&’'-]", " ", stem)).strip(" .")[:100]
    return f"{plain or 'attachment'}.{KINDS[kind].ending}"
