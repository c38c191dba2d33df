"""Writes audit entries, in the transaction of the action that they record."""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal
from alongside.platform.audit.models import AuditEntry

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the current request, for the audit log and the logs; it grants nothing."""


async def record_audit(
    session: AsyncSession,
    person: Principal,
    verb: str,
    subject_kind: str,
    subject_id: UUID | int | str,
    *,
    schools: Iterable[int | None] = (),
    note: str | None = None,
    changes: Mapping[str, object] | None = None,
) -> None:
    """Add an audit entry for an action of this person on this subject; its seal is calculated at the commit."""
    await session.execute(
        insert(AuditEntry).values(
            authority_id=person.authority_id,
            person_id=person.id,
            person_name=person.name or "Somebody signed out",
            role=person.role.value,
            verb=verb,
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            schools=[urn for urn in schools if urn is not None],
            note=note or None,
            changes=dict(changes or {}),
            request_id=request_id.get(),
        )
    )
