"""The capacity page of a plan: unmet need, the effect of more days, and the workload of each school."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import calendar_of, settings_of
from alongside.features.matching.assignments.redaction import Names, names_in
from alongside.features.matching.capacity.export import gaps_as_csv, loads_as_csv
from alongside.features.matching.capacity.forms import MoreDaysForm
from alongside.features.matching.capacity.presentation import (
    CapacityLine,
    GapMap,
    Load,
    MoreDaysAnswer,
    answered,
    gap_map,
    loads,
    recruitment_lines,
    scarce_lines,
)
from alongside.features.matching.capacity.queries import names_of_schools
from alongside.features.matching.capacity.terms import with_terms
from alongside.features.matching.engine.gaps import gaps_of
from alongside.features.matching.engine.instance import Instance, restored
from alongside.features.matching.engine.result import Gap, Outcome
from alongside.features.matching.engine.subprocess_client import replan
from alongside.features.matching.plans.labels import PlanLabels
from alongside.features.matching.plans.pages import labels_for
from alongside.features.matching.plans.queries import get_run, record_of
from alongside.features.matching.plans.result_rows import restored_outcome
from alongside.features.matching.plans.rows import PlanRow
from alongside.platform.access.authorisation import schools_within
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_count
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import (
    ContinueAfterCommit,
    Download,
    Page,
    PageContext,
    PageResult,
)
from alongside.platform.web.routing import endpoint

CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class NoCapacity(PageContext):
    """A run that did not end with a plan."""

    template = "matching/capacity/nothing.html"

    run: PlanRow


@dataclass(frozen=True, kw_only=True)
class CapacityPage(PageContext):
    """Unmet need of a plan, what more capacity would bring, and the load of each school.

    `full` is a full load in half days, `sees_all` true for those who see every school. `answer` is what more days of
    the offer in the form would bring.
    """

    template = "matching/capacity/show.html"

    run: PlanRow
    map: GapMap
    scarce: Sequence[CapacityLine]
    recruits: Sequence[CapacityLine]
    loads: Sequence[Load]
    sees_all: bool
    full: int
    form: MoreDaysForm
    labels: PlanLabels
    answer: MoreDaysAnswer | None = None
    answer_for: str = ""


@endpoint.get("/plans/{run_id:uuid}/capacity", permission=Permission.VIEW_PLAN)
async def show_supply(ctx: PageRequest, run_id: UUID) -> PageResult:
    """Show unmet need, scarce offers and workload of a plan, and if asked, what more days would bring."""
    run = await get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, run_id)
    instance, outcome = await _load_snapshot(ctx.session, ctx.person, run_id)
    if outcome is None or instance is None:
        return Page(NoCapacity(run=run))
    names = await names_in(ctx.session, ctx.person, _ids(instance))
    settings = settings_of(ctx.person.authority_id)
    question = ctx.query
    wanted = "offer" in question or "days" in question
    form = MoreDaysForm(question) if wanted else MoreDaysForm()
    form.offers(_choices(instance, names))
    page = CapacityPage(
        run=run,
        map=gap_map(settings, _gaps(ctx.person, instance, outcome)),
        scarce=scarce_lines(outcome.supply.scarce, names),
        recruits=recruitment_lines(settings, outcome.supply.recruits),
        loads=await _loads(ctx.session, ctx.person, outcome),
        sees_all=schools_within(ctx.person, Permission.VIEW_PLAN) is None,
        full=instance.parameters.full_burden_half_days,
        form=form,
        labels=labels_for(ctx.person),
    )
    if not wanted or not form.is_valid():
        return Page(page, 422 if wanted else 200)

    async def finish() -> PageResult:
        more = with_more_days(instance, UUID(form.offer.data), form.days.data)
        answer = answered(outcome.plan, await replan(more), names)
        title = f"{names.supporting_school(UUID(form.offer.data))} with {format_count(form.days.data, 'more day')}"
        return Page(replace(page, answer=answer, answer_for=title))

    return ContinueAfterCommit(finish, expensive=True)


@endpoint.get("/plans/{run_id:uuid}/capacity/gaps.csv", permission=Permission.VIEW_PLAN)
async def export_gaps(ctx: PageRequest, run_id: UUID) -> PageResult:
    """Export unmet need as CSV."""
    await get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, run_id)
    instance, outcome = await _load_snapshot(ctx.session, ctx.person, run_id)
    gaps = () if instance is None or outcome is None else _gaps(ctx.person, instance, outcome)
    return Download(gaps_as_csv(settings_of(ctx.person.authority_id), gaps), "gaps.csv", CSV)


@endpoint.get("/plans/{run_id:uuid}/capacity/loads.csv", permission=Permission.VIEW_PLAN)
async def export_loads(ctx: PageRequest, run_id: UUID) -> PageResult:
    """Export days given and received as CSV."""
    await get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, run_id)
    _, outcome = await _load_snapshot(ctx.session, ctx.person, run_id)
    rows = await _loads(ctx.session, ctx.person, outcome) if outcome is not None else []
    return Download(loads_as_csv(rows), "given-and-received.csv", CSV)


def with_more_days(instance: Instance, offer_id: UUID, more: Decimal) -> Instance:
    """Copy the instance with this many more days for one offer."""
    return msgspec.structs.replace(
        instance,
        offers=tuple(
            msgspec.structs.replace(one, half_days=one.half_days + int(more * 2))
            if one.id == offer_id
            else one
            for one in instance.offers
        ),
    )


async def _load_snapshot(
    session: AsyncSession, person: Principal, run_id: UUID
) -> tuple[Instance | None, Outcome | None]:
    """The stored input and output of a run; None if the run did not end with a plan."""
    try:
        kept = await record_of(session, person.authority_id, run_id)
    except NotFound:
        return None, None
    return restored(kept.inputs), None if kept.outcome is None else restored_outcome(kept.outcome)


def _gaps(person: Principal, instance: Instance, outcome: Outcome) -> tuple[Gap, ...]:
    """The unmet need of a plan; needs with dates are counted in the terms of those dates."""
    return gaps_of(with_terms(instance, calendar_of(person.authority_id)), outcome.plan)


async def _loads(session: AsyncSession, person: Principal, outcome: Outcome) -> list[Load]:
    """Support given and received; schools in this person's scope by name."""
    own = schools_within(person, Permission.VIEW_PLAN)
    urns = [one.school for one in outcome.supply.balance if own is None or one.school in own]
    return loads(outcome.supply.balance, await names_of_schools(session, person.authority_id, urns), own)


def _choices(instance: Instance, names: Names) -> list[tuple[str, str]]:
    """The offers that this person may see, by name."""
    seen = [
        one.id for one in instance.offers if one.id in names.offers and names.sees_offer(names.offers[one.id])
    ]
    return sorted(((str(one), names.offer(one)) for one in seen), key=lambda choice: choice[1])


def _ids(instance: Instance) -> dict[str, set[UUID]]:
    return {"offers": {one.id for one in instance.offers}, "needs": {one.id for one in instance.needs}}


routes = [show_supply, export_gaps, export_loads]
