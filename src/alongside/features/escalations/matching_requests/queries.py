"""Queries of matching requests: the school's open needs, and the results."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.matching_requests.models import MatchingRequest
from alongside.features.escalations.queries import AUTHORITY, of_escalation
from alongside.features.matching.models import AT_WORK, PlanAssignment, PlanRun
from alongside.features.needs.models import Need
from alongside.features.schools.models import School
from alongside.platform.access.principal import Principal

LOOKING = ("open", "proposed")
OPEN_NEEDS: Any = (
    select(Need.id, Need.title)
    .where(
        Need.authority_id == AUTHORITY,
        Need.school_urn == bindparam("urn"),
        Need.state.in_(LOOKING),
    )
    .order_by(Need.posted_at, Need.id)
    .limit(literal_column("100"))
)
ASKED: Any = (
    select(
        MatchingRequest.id,
        MatchingRequest.asked_at,
        MatchingRequest.need_id,
        MatchingRequest.run_id,
        Need.title.label("need"),
        PlanRun.state.label("run_state"),
        PlanRun.status.label("run_status"),
        PlanAssignment.id.label("place_id"),
        School.name.label("partner"),
    )
    .join(Need, (Need.authority_id == AUTHORITY) & (Need.id == MatchingRequest.need_id))
    .join(PlanRun, (PlanRun.authority_id == AUTHORITY) & (PlanRun.id == MatchingRequest.run_id))
    .outerjoin(
        PlanAssignment,
        (PlanAssignment.authority_id == AUTHORITY)
        & (PlanAssignment.run_id == MatchingRequest.run_id)
        & (PlanAssignment.need_id == MatchingRequest.need_id),
    )
    .outerjoin(School, (School.authority_id == AUTHORITY) & (School.urn == PlanAssignment.supporting_urn))
    .where(
        MatchingRequest.authority_id == AUTHORITY, MatchingRequest.escalation_id == bindparam("escalation_id")
    )
    .order_by(MatchingRequest.id.desc())
    .limit(literal_column("50"))
)


async def open_needs_of(session: AsyncSession, person: Principal, urn: int) -> Sequence[Row[Any]]:
    """The open needs of a school, oldest first: id and title."""
    values = {"authority_id": person.authority_id, "urn": urn}
    found: Sequence[Row[Any]] = (await session.execute(OPEN_NEEDS, values)).all()
    return found


async def asked_of(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """The matching requests of an escalation with the state of their plans, latest first."""
    return await of_escalation(session, person, ASKED, escalation_id)


def matching_request_result(asked: Any, *, named: bool) -> str:
    """The result of a matching request as text; it names the matched school only if `named`."""
    if asked.run_state in AT_WORK:
        return "Alongside is calculating a plan"
    if asked.run_status is None:
        return "The plan failed"
    if asked.place_id is None:
        return "The plan started before this need was posted"
    if asked.partner is None:
        return "The plan found no school"
    return f"The plan found {asked.partner}" if named else "The plan found a school"
