"""Queries for lost assignments of current plans, and for the people to notify after repeated declines."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Text, any_, bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.proposal import Proposal
from alongside.features.matching.models import PlanAssignment, PlanRun
from alongside.features.matching.plans.queries import ASSIGNMENT
from alongside.features.matching.plans.rows import OVER, LostAssignment
from alongside.platform.access.principal import Role
from alongside.platform.database.reads import Read, fetch_all, select_all


class OpenProposal(msgspec.Struct, frozen=True):
    """A proposal that no school has answered."""

    id: UUID
    need_id: UUID
    offer_id: UUID


LOST = Read(
    ASSIGNMENT.join(
        PlanRun, (PlanRun.authority_id == bindparam("authority_id")) & (PlanRun.id == PlanAssignment.run_id)
    )
    .add_columns(PlanRun.consortium_id.label("consortium_id"))
    .where(
        PlanRun.state == "sent",
        Proposal.state == any_(bindparam("over", list(OVER), type_=ARRAY(Text))),
        PlanAssignment.again_id.is_(None),
    )
    .order_by(PlanRun.id, PlanAssignment.id)
    .limit(literal_column("200")),
    LostAssignment,
)

DECLINES = Read(
    text(
        """
    SELECT count(*) FROM proposal p
     WHERE p.authority_id = :authority_id AND p.need_id = :need_id AND p.state IN ('declined', 'lapsed')
       AND NOT EXISTS (SELECT FROM proposal later
                        WHERE later.authority_id = :authority_id AND later.need_id = :need_id
                          AND later.state = 'agreed' AND later.proposed_at > p.proposed_at)
    """
    ),
    int,
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


async def lost_assignments(session: AsyncSession, authority_id: int) -> list[LostAssignment]:
    """Assignments of current plans whose proposal was lost and that are not handled yet; 200 at most."""
    return await fetch_all(session, LOST, {"authority_id": authority_id})


async def declines_of(session: AsyncSession, authority_id: int, need_id: UUID) -> int:
    """How often in a row a partner for this need has declined or not answered."""
    return sum(await fetch_all(session, DECLINES, {"authority_id": authority_id, "need_id": need_id}))


async def core_team(session: AsyncSession, authority_id: int, today: date) -> list[UUID]:
    """The officers of the core team and their head of service."""
    values = {"authority_id": authority_id, "today": today}
    return list((await session.scalars(CORE_TEAM, values)).all())


async def unanswered_proposals(
    session: AsyncSession, authority_id: int, needs: Sequence[UUID]
) -> list[OpenProposal]:
    """Proposals that leads made for these needs and no school has answered; they may be moved."""
    statement = select(Proposal.id, Proposal.need_id, Proposal.offer_id).where(
        Proposal.authority_id == authority_id,
        Proposal.need_id.in_(sorted(needs)),
        Proposal.state == "proposed",
        Proposal.proposed_as == "leader",
        Proposal.requesting_accepted_at.is_(None),
        Proposal.supporting_accepted_at.is_(None),
    )
    return await select_all(session, statement.order_by(Proposal.id), OpenProposal, {})
