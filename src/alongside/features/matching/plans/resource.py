"""A plan, and one need in a plan, as resources: what the actions of each share."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.matching.plans.queries import assignment_of, get_run
from alongside.features.matching.plans.rows import AssignmentRow, PlanRow
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import Resource


@dataclass(frozen=True, slots=True)
class PlannedNeed:
    """One need in a plan, with its assignment."""

    run: PlanRow
    assignment: AssignmentRow


async def get_planned_need(
    session: AsyncSession, person: Principal, permission: Permission, run_id: UUID, need_id: UUID
) -> PlannedNeed:
    """One need in a plan on which this person has this permission. Raises NotFound."""
    run = await get_run(session, person, permission, run_id)
    return PlannedNeed(run, await assignment_of(session, person.authority_id, run.id, need_id))


PLAN: Resource[PlanRow] = Resource(
    name="run", path="/plans/{run_id:uuid}", load=get_run, url=lambda run: f"/plans/{run.id}"
)
PLANNED_NEED: Resource[PlannedNeed] = Resource(
    name="planned_need",
    path="/plans/{run_id:uuid}/needs/{need_id:uuid}",
    load=get_planned_need,
    url=lambda one: f"/plans/{one.run.id}/needs/{one.assignment.need_id}",
)
