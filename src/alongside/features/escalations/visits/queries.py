"""Queries of visits."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.escalations.queries import AUTHORITY, Part, get_escalation, of_escalation
from alongside.features.escalations.requester import identify_requester
from alongside.features.escalations.visits.models import EscalationVisit
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal

VISIT: Any = select(*EscalationVisit.__table__.columns).where(EscalationVisit.authority_id == AUTHORITY)
VISITS: Any = (
    VISIT.where(EscalationVisit.escalation_id == bindparam("escalation_id"))
    .order_by(EscalationVisit.visit_on.desc(), EscalationVisit.id.desc())
    .limit(literal_column("200"))
)


async def visits_of(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """The visits of an escalation, latest first; a headteacher gets only those marked for the school."""
    return await of_escalation(session, person, VISITS, escalation_id)


async def visit_to(session: AsyncSession, person: Principal, permission: Permission, visit_id: UUID) -> Part:
    """A visit with its escalation, if this person has this permission. Raises NotFound."""
    await identify_requester(session, person)
    found: Row[Any] | None = (
        await session.execute(
            VISIT.where(EscalationVisit.id == visit_id), {"authority_id": person.authority_id}
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return Part(found, await get_escalation(session, person, permission, found.escalation_id))
