"""Queries of attachments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.escalations.files.models import EscalationFile
from alongside.features.escalations.queries import AUTHORITY, Part, get_escalation, of_escalation
from alongside.features.escalations.requester import identify_requester
from alongside.features.people.models import Person
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal

LINE = (
    EscalationFile.id,
    EscalationFile.escalation_id,
    EscalationFile.name,
    EscalationFile.kind,
    EscalationFile.size,
    EscalationFile.for_school,
    EscalationFile.added_at,
    EscalationFile.removed_at,
)
FILES: Any = (
    select(*LINE, Person.name.label("adder"))
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == EscalationFile.added_by))
    .where(
        EscalationFile.authority_id == AUTHORITY, EscalationFile.escalation_id == bindparam("escalation_id")
    )
    .order_by(EscalationFile.id)
    .limit(literal_column("200"))
)
CAPACITY_BYTES: Any = select(func.count(), func.coalesce(func.sum(EscalationFile.size), 0)).where(
    EscalationFile.authority_id == AUTHORITY,
    EscalationFile.escalation_id == bindparam("escalation_id"),
    EscalationFile.removed_at.is_(None),
)


async def files_of(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """The attachments of an escalation without content; a headteacher gets only those marked for the school."""
    return await of_escalation(session, person, FILES, escalation_id)


async def file_to(
    session: AsyncSession, person: Principal, permission: Permission, file_id: UUID, *, content: bool = False
) -> Part:
    """An attachment with its escalation, if this person has this permission. Raises NotFound, also if removed."""
    await identify_requester(session, person)
    columns = (*LINE, EscalationFile.content) if content else LINE
    statement: Any = select(*columns).where(
        EscalationFile.authority_id == AUTHORITY,
        EscalationFile.id == file_id,
        EscalationFile.removed_at.is_(None),
    )
    found: Row[Any] | None = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).one_or_none()
    if found is None:
        raise NotFound
    return Part(found, await get_escalation(session, person, permission, found.escalation_id))


async def bytes_taken(session: AsyncSession, person: Principal, escalation_id: UUID) -> tuple[int, int]:
    """The number of attachments of an escalation and their total size in bytes."""
    values = {"authority_id": person.authority_id, "escalation_id": escalation_id}
    count, size = (await session.execute(CAPACITY_BYTES, values)).one()
    return count, size
