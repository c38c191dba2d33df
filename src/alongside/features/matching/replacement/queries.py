"""Queries for lost assignments of current plans, and for the people to notify after repeated declines."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.proposal import Proposal
from alongside.features.matching.models import PlanAssignment, PlanRun
from alongside.features.matching.plans.queries import ASSIGNMENT
from alongside.platform.access.principal import Role

OVER = ("declined", "lapsed", "withdrawn")
"""Proposal states that end without an agreement, so that the need has no partner again."""

LOST: Any = (
    ASSIGNMENT.join(
        PlanRun, (PlanRun.authority_id == bindparam("authority_id")) & (PlanRun.id == PlanAssignment.run_id)
    )
    .add_columns(PlanRun.consortium_id.label("consortium_id"))
    .where(PlanRun.state == "sent", Proposal.state.in_(OVER), PlanAssignment.again_id.is_(None))
    .order_by(PlanRun.id, PlanAssignment.id)
    .limit(200)
)

DECLINES = text(
    """
    SELECT count(*) FROM proposal p
     WHERE p.authority_id = :authority_id AND p.need_id = :need_id AND p.state IN ('declined', 'lapsed')
       AND NOT EXISTS (SELECT FROM proposal later
                        WHERE later.authority_id = :authority_id AND later.need_id = :need_id
                          AND later.state = 'agreed' AND later.proposed_at > p.proposed_at)
    """
)

CORE_TEAM = text(
    """
    SELECT DISTINCT p.id FROM role_assignment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
     WHERE a.authority_id = :authority_id AND a.role = ANY(:roles)
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
    """
).bindparams(bindparam("roles", [Role.CORE_OFFICER.value, Role.HEAD_OF_SERVICE.value]))


async def lost_assignments(session: AsyncSession, authority_id: int) -> Sequence[Row[Any]]:
    """Assignments of current plans whose proposal was lost and that are not handled yet; 200 at most."""
    found: Sequence[Row[Any]] = (await session.execute(LOST, {"authority_id": authority_id})).all()
    return found


async def declines_of(session: AsyncSession, authority_id: int, need_id: UUID) -> int:
    """How often in a row a partner for this need has declined or not answered."""
    counted: int = (
        await session.execute(DECLINES, {"authority_id": authority_id, "need_id": need_id})
    ).scalar_one()
    return counted


async def core_team(session: AsyncSession, authority_id: int, today: Any) -> list[UUID]:
    """The officers of the core team and their head of service."""
    values = {"authority_id": authority_id, "today": today}
    return list((await session.scalars(CORE_TEAM, values)).all())


async def unanswered_proposals(
    session: AsyncSession, authority_id: int, needs: Sequence[UUID]
) -> Sequence[Row[Any]]:
    """Proposals that leads made for these needs and no school has answered; they may be moved."""
    statement: Any = select(Proposal.id, Proposal.need_id, Proposal.offer_id).where(
        Proposal.authority_id == authority_id,
        Proposal.need_id.in_(sorted(needs)),
        Proposal.state == "proposed",
        Proposal.proposed_as == "leader",
        Proposal.requesting_accepted_at.is_(None),
        Proposal.supporting_accepted_at.is_(None),
    )
    found: Sequence[Row[Any]] = (await session.execute(statement.order_by(Proposal.id))).all()
    return found
