"""Hands over the decisions that somebody looks after when their last role that can have them ends."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.motions.access_policy import identify_requester
from alongside.features.motions.models import Motion
from alongside.platform.access.principal import SIGNED_IN_ROLES, Principal, Role
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.handovers import Handover

CARRIED = "carried"


async def _decisions(session: AsyncSession, person: Principal, person_id: UUID) -> int:
    await set_requester(session, RequesterContext(person.authority_id, Role.SYSTEM.value))
    number = await session.scalar(
        select(func.count())
        .select_from(Motion)
        .where(
            Motion.authority_id == person.authority_id,
            Motion.owner_id == person_id,
            Motion.state == CARRIED,
        )
    )
    await identify_requester(session, person)
    return int(number or 0)


async def _hand_over(
    session: AsyncSession, person: Principal, person_id: UUID, successor_id: UUID | None
) -> None:
    """Name the successor as owner, or nobody; the clerk then names another on the motion's page."""
    await set_requester(session, RequesterContext(person.authority_id, Role.SYSTEM.value))
    changed = await session.scalars(
        update(Motion)
        .where(
            Motion.authority_id == person.authority_id,
            Motion.owner_id == person_id,
            Motion.state == CARRIED,
        )
        .values(owner_id=successor_id)
        .returning(Motion.id)
        .execution_options(synchronize_session=False)
    )
    for motion_id in changed.all():
        await record_audit(session, person, "hand_over_decision", "motion", motion_id)
    await identify_requester(session, person)


HANDOVERS = (Handover("decision", SIGNED_IN_ROLES, ("motion.owner_id",), _decisions, _hand_over),)
