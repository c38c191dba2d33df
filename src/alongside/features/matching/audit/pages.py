"""Pages of a plan's record: comparison with another plan, and replay from the stored inputs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.matching.audit.comparison import (
    ChangedAssignment,
    SharedNeeds,
    changed_assignments,
    changed_facts,
    on_one_basis,
)
from alongside.features.matching.engine.instance import restored
from alongside.features.matching.engine.result import Plan
from alongside.features.matching.engine.subprocess_client import replan
from alongside.features.matching.plans.labels import PlanLabels
from alongside.features.matching.plans.pages import labels_for
from alongside.features.matching.plans.queries import assignments_of, get_run, record_of, runs_of
from alongside.features.matching.plans.result_rows import restored_outcome
from alongside.features.matching.plans.rows import PlanRow
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import asked
from alongside.platform.web.http import HttpRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import ContinueAfterCommit, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class NothingToCompare(PageContext):
    """The first plan of a scope."""

    template = "matching/audit/nothing_to_compare.html"

    run: PlanRow
    labels: PlanLabels


@dataclass(frozen=True, kw_only=True)
class PlanComparison(PageContext):
    """A plan and an earlier one: changed matches, needs in both (`basis`), changed inputs (`facts`)."""

    template = "matching/audit/comparison.html"

    run: PlanRow
    other: PlanRow
    choices: Sequence[PlanRow]
    changes: Sequence[ChangedAssignment]
    basis: SharedNeeds
    facts: Sequence[str]
    labels: PlanLabels


@dataclass(frozen=True, kw_only=True)
class PlanReplay(PageContext):
    """The stored plan and the one calculated again from the same inputs; none if nothing was stored."""

    template = "matching/audit/replay.html"

    run: PlanRow
    labels: PlanLabels
    then: Plan | None = None
    now: Plan | None = None
    same: bool = False


@endpoint.get("/plans/{run_id:uuid}/comparison", permission=Permission.VIEW_PLAN)
async def compare_plans(ctx: PageRequest, run_id: UUID) -> PageResult:
    """Compare a plan with an earlier one of the same scope: the one in `with`, else the previous one."""
    run = await get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, run_id)
    earlier, _ = await runs_of(ctx.session, ctx.person, 1, run.consortium_id)
    choices = [
        one
        for one in earlier
        if one.id != run.id and one.status is not None and one.consortium_id == run.consortium_id
    ]
    with_id = _asked_for(ctx.request) or run.starts_from_id or (choices[0].id if choices else None)
    if with_id is None:
        return Page(NothingToCompare(run=run, labels=labels_for(ctx.person)))
    other = await get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, with_id)
    if other.consortium_id != run.consortium_id:
        raise NotFound
    before = await assignments_of(ctx.session, ctx.person.authority_id, other.id)
    after = await assignments_of(ctx.session, ctx.person.authority_id, run.id)
    return Page(
        PlanComparison(
            run=run,
            other=other,
            choices=choices,
            changes=changed_assignments(before, after),
            basis=on_one_basis(before, after),
            facts=await _facts(ctx.session, ctx.person, other, run),
            labels=labels_for(ctx.person),
        )
    )


async def _facts(session: AsyncSession, person: Principal, before: PlanRow, after: PlanRow) -> list[str]:
    """The differences between the inputs of the two plans; empty if one of them has no snapshot."""
    try:
        kept = [
            restored((await record_of(session, person.authority_id, one.id)).inputs)
            for one in (before, after)
        ]
    except NotFound:
        return []
    return changed_facts(kept[0], kept[1])


def _asked_for(request: HttpRequest) -> UUID | None:
    text = asked(request).one("with")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound from error


@endpoint.get("/plans/{run_id:uuid}/replay", permission=Permission.VIEW_PLAN, expensive=True)
async def replay_plan(ctx: PageRequest, run_id: UUID) -> PageResult:
    """Replay a plan from its stored inputs, and show whether the pairs are the same."""
    run = await get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, run_id)
    page = PlanReplay(run=run, labels=labels_for(ctx.person))
    try:
        kept = await record_of(ctx.session, ctx.person.authority_id, run.id)
    except NotFound:
        return Page(page)
    outcome = kept.outcome
    if outcome is None:
        return Page(page)

    async def finish() -> PageResult:
        then = restored_outcome(outcome).plan
        now = await replan(restored(kept.inputs))
        return Page(replace(page, then=then, now=now, same=pairs_of(then) == pairs_of(now)))

    return ContinueAfterCommit(finish, expensive=True)


def pairs_of(plan: Plan) -> set[tuple[UUID, UUID]]:
    """The pairs of need and offer in a plan."""
    return {(pair.need, pair.offer) for pair in plan.pairs}


routes = [compare_plans, replay_plan]
