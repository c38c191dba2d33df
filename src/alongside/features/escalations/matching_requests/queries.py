"""Queries of matching requests: the school's open needs, and the results."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.matching_requests.forms import OpenNeed
from alongside.features.escalations.matching_requests.models import MatchingRequest
from alongside.features.escalations.queries import AUTHORITY, ESCALATION_ID
from alongside.features.matching.models import AT_WORK, PlanAssignment, PlanRun
from alongside.features.needs.models import Need
from alongside.features.schools.models import School
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all


class RequestRow(msgspec.Struct, frozen=True):
    """A matching request, with the state of its plan and the school that was found."""

    id: UUID
    asked_at: datetime
    need_id: UUID
    run_id: UUID
    need: str
    run_state: str
    run_status: str | None
    place_id: UUID | None
    partner: str | None

    def result(self, *, named: bool) -> str:
        """The result as text; it names the matched school only if `named`."""
        if self.run_state in AT_WORK:
            return "Alongside is calculating a plan"
        if self.run_status is None:
            return "The plan failed"
        if self.place_id is None:
            return "The plan started before this need was posted"
        if self.partner is None:
            return "The plan found no school"
        return f"The plan found {self.partner}" if named else "The plan found a school"


OPEN_NEEDS = Read(
    select(Need.id, Need.title)
    .where(
        Need.authority_id == AUTHORITY,
        Need.school_urn == bindparam("urn"),
        text("need.state IN ('open', 'proposed')"),
    )
    .order_by(Need.posted_at, Need.id)
    .limit(literal_column("100")),
    OpenNeed,
)
REQUESTS = Read(
    select(
        MatchingRequest.id,
        MatchingRequest.asked_at,
        MatchingRequest.need_id,
        MatchingRequest.run_id,
        Need.title,
        PlanRun.state,
        PlanRun.status,
        PlanAssignment.id,
        School.name,
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
    .where(MatchingRequest.authority_id == AUTHORITY, MatchingRequest.escalation_id == ESCALATION_ID)
    .order_by(MatchingRequest.id.desc())
    .limit(literal_column("50")),
    RequestRow,
)
"""The matching requests of an escalation, latest first."""


async def open_needs_of(session: AsyncSession, person: Principal, urn: int) -> list[OpenNeed]:
    """The open needs of a school, oldest first."""
    return await fetch_all(session, OPEN_NEEDS, {"authority_id": person.authority_id, "urn": urn})
