"""Pages about one need in a plan: the explanation of its match, and the cost of a pin, forbid or swap."""

import asyncio
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound, ValidationFailed
from alongside.features.matching.assignments import actions, queries
from alongside.features.matching.assignments.forms import ConstraintForm
from alongside.features.matching.assignments.impact import cost_of
from alongside.features.matching.assignments.presentation import better_offers, parts_of
from alongside.features.matching.assignments.redaction import (
    ids_in,
    names_in,
    ruled_out_for,
    why_nobody_for,
    without_private,
)
from alongside.features.matching.engine.instance import PairHistory, restored
from alongside.features.matching.engine.result import Change
from alongside.features.matching.engine.shortlist import shortlist
from alongside.features.matching.engine.subprocess_client import change as solve_changed
from alongside.features.matching.engine.validation import InfeasibleProblem
from alongside.features.matching.models import CURRENT, PlanRun
from alongside.features.matching.pins import KINDS
from alongside.features.matching.plans.labels import assignment_state, is_over
from alongside.features.matching.plans.pages import words
from alongside.features.matching.plans.queries import RUN, assignment_of, get_run, record_of
from alongside.features.matching.plans.result_rows import restored_outcome
from alongside.features.needs.queries import get_need
from alongside.platform.access.authorisation import may_for_consortium, require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import (
    ContinueAfterCommit,
    Page,
    PageResult,
    Redirect,
    TemplateVariables,
)
from alongside.platform.web.routing import endpoint

SAID = {
    "pin": "The partner is kept. The plan is being worked out with that.",
    "forbid": "The partner is ruled out. The plan is being worked out without it.",
}


@endpoint.get("/plans/{run_id:uuid}/needs/{need_id:uuid}", permission=Permission.VIEW_PLAN)
async def show_why(ctx: PageRequest, run_id: UUID, need_id: UUID) -> PageResult:
    """Explain why a need has its support partner in a plan, and what each alternative would cost."""
    run = await get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, run_id)
    assignment = await assignment_of(ctx.session, ctx.person.authority_id, run.id, need_id)
    context = await _explained(ctx.session, ctx.person, run, assignment)
    kept = await kept_of(ctx.session, ctx.person, run)
    if kept is None:
        return Page(TemplateVariables("matching/assignments/why.html", context | {"others": []}))
    names = await names_in(ctx.session, ctx.person, ids_of(kept))

    async def finish() -> PageResult:
        found = await asyncio.to_thread(shortlist, restored(kept.inputs), need_id)
        chosen = {assignment.offer_id, *(UUID(one["offer"]) for one in assignment.why.get("better", ()))}
        others = [
            {
                "id": one.offer,
                "name": names.offer(one.offer),
                "score": one.score.score,
                "half_days": one.half_days,
            }
            for one in found.ranked
            if one.offer not in chosen
        ]
        return Page(TemplateVariables("matching/assignments/why.html", context | {"others": others}))

    return ContinueAfterCommit(finish, expensive=True)


async def kept_of(session: AsyncSession, person: Principal, run: Any) -> Any:
    """Return the snapshot of a run, or None if there is none."""
    try:
        return await record_of(session, person.authority_id, run.id)
    except NotFound:
        return None


def ids_of(kept: Any) -> dict[str, set[UUID]]:
    """Return the ids of every offer and need in a snapshot."""
    if kept is None:
        return {"offers": set(), "needs": set()}
    instance = restored(kept.inputs)
    return {"offers": {one.id for one in instance.offers}, "needs": {one.id for one in instance.needs}}


@endpoint.get("/needs/{need_id:uuid}/why", permission=Permission.VIEW_PLAN_EXPLANATION)
async def show_why_to_school(ctx: PageRequest, need_id: UUID) -> PageResult:
    """Explain the match to the requesting school, without the names of schools it may not see."""
    need = await get_need(ctx.session, ctx.person, Permission.VIEW_POST, need_id)
    require(ctx.person, Permission.VIEW_PLAN_EXPLANATION, need.school_urn)
    run_id = await queries.run_that_was_sent(ctx.session, ctx.person.authority_id, need_id)
    if run_id is None:
        return Page(
            TemplateVariables("matching/assignments/no_plan.html", {"need": need, **words(ctx.person)})
        )
    run = await run_of(ctx.session, ctx.person, run_id)
    assignment = await assignment_of(ctx.session, ctx.person.authority_id, run_id, need_id)
    context = await _explained(ctx.session, ctx.person, run, assignment)
    return Page(TemplateVariables("matching/assignments/why.html", context | {"others": []}))


async def run_of(session: AsyncSession, person: Principal, run_id: UUID) -> Any:
    """Return a run by id. The caller has already checked that this person may read the assignment."""
    statement = RUN.where(PlanRun.id == run_id)
    return (await session.execute(statement, {"authority_id": person.authority_id})).one()


async def _explained(session: AsyncSession, person: Principal, run: Any, assignment: Any) -> dict[str, Any]:
    """Build the context of the explanation page, redacted for this person."""
    names = await names_in(session, person, ids_in(assignment.why))
    told = words(person)
    leads = may_for_consortium(person, Permission.MAKE_PLAN, run.consortium_id)
    stands = run.state in CURRENT
    return {
        "run": run,
        "place": assignment,
        "state": assignment_state(told["settings"], assignment),
        "over": is_over(assignment) and stands,
        "parts": parts_of(assignment.parts),
        "miles": assignment.parts.get("miles"),
        "better": [] if assignment.held_by == "proposal" else better_offers(assignment.why, names),
        "ruled_out": ruled_out_for(person, assignment.why.get("ruled_out", {})),
        "why_nobody": why_nobody_for(person, assignment),
        "wishes": await _constraints(session, person, assignment.need_id) if leads else [],
        "KINDS": KINDS,
        "leads": leads,
        "may_change": leads and stands and assignment.proposal_state not in actions.ANSWERED,
        **told,
    }


async def _constraints(session: AsyncSession, person: Principal, need_id: UUID) -> list[dict[str, Any]]:
    rows = await queries.constraints_of_need(session, person.authority_id, need_id)
    names = await names_in(session, person, {"offers": {row.offer_id for row in rows}, "needs": set()})
    return [{"row": row, "name": names.offer(row.offer_id)} for row in rows]


@endpoint.get("/plans/{run_id:uuid}/needs/{need_id:uuid}/constraints/new", permission=Permission.MAKE_PLAN)
async def ask_what_constraint_costs(ctx: PageRequest, run_id: UUID, need_id: UUID) -> PageResult:
    """Show what a pin, a forbid or a swap would cost the plan, before it is made."""
    question = ctx.query
    run = await get_run(ctx.session, ctx.person, Permission.MAKE_PLAN, run_id)
    assignment = await assignment_of(ctx.session, ctx.person.authority_id, run.id, need_id)
    offer = question.one("offer") or str(assignment.offer_id or "")
    form = ConstraintForm(data={"kind": question.one("kind") or "pin", "offer": offer})
    return await _constraint_page(ctx.session, ctx.person, run, assignment, form)


@endpoint.post("/plans/{run_id:uuid}/needs/{need_id:uuid}/constraints", permission=Permission.MAKE_PLAN)
async def add_constraint(ctx: PageRequest, run_id: UUID, need_id: UUID) -> PageResult:
    """Add the constraint and start a run that applies it."""
    form = ConstraintForm(await ctx.submitted())
    run = await get_run(ctx.session, ctx.person, Permission.MAKE_PLAN, run_id)
    assignment = await assignment_of(ctx.session, ctx.person.authority_id, run.id, need_id)
    answer = await _constraint_page(ctx.session, ctx.person, run, assignment, form, 422)
    if not form.is_valid():
        return answer
    kind, offer_id = form.kind.data or "", _offer_id(form)
    made = await actions.add_constraint(
        ctx.session, ctx.person, run_id, (need_id, offer_id, kind), form.reason.data
    )
    return Redirect(f"/plans/{made}", SAID[kind])


@endpoint.post(
    "/plans/{run_id:uuid}/constraints/{constraint_id:uuid}/remove", permission=Permission.MAKE_PLAN
)
async def remove_constraint(
    ctx: PageRequest,
    run_id: UUID,
    constraint_id: UUID,
) -> PageResult:
    """Lift a pin or forbid."""
    made = await actions.remove_constraint(ctx.session, ctx.person, run_id, constraint_id)
    return Redirect(f"/plans/{made}", "Lifted. The plan is being recalculated.")


def _offer_id(form: ConstraintForm) -> UUID:
    """Read the offer id from the form. Raises ValidationFailed if it is missing, NotFound if it is not a UUID."""
    if not form.offer.data or not form.kind.data:
        raise ValidationFailed({"offer": ["Choose a partner on the page of the need first."]})
    try:
        return UUID(form.offer.data or "")
    except ValueError as error:
        raise NotFound from error


async def _constraint_page(
    session: AsyncSession,
    person: Principal,
    run: Any,
    assignment: Any,
    form: ConstraintForm,
    status: int = 200,
) -> PageResult:
    """Show the form with the cost above it.

    The solver runs after the transaction, because it can take a second.
    """
    offer_id, kind = _offer_id(form), form.kind.data or ""
    if kind not in KINDS:
        raise NotFound
    offer = await actions.offer_seen(session, person, offer_id)
    kept = await kept_of(session, person, run)
    names = await names_in(session, person, ids_of(kept))
    context = {
        "run": run,
        "place": assignment,
        "offer": offer,
        "name": f"{offer.school}, {offer.title}",
        "kind": kind,
        "form": form,
        "cost": None,
        **words(person),
    }
    if kept is None or kept.outcome is None:
        return Page(TemplateVariables("matching/assignments/wish.html", context), status)

    async def finish() -> PageResult:
        try:
            change = await _changed(kept, assignment.need_id, offer_id, kind)
        except InfeasibleProblem as problem:
            raise ActionRefused(without_private(person, problem.sentence)) from problem
        shown = context | {"cost": cost_of(kept, change, names)}
        return Page(TemplateVariables("matching/assignments/wish.html", shown), status)

    return ContinueAfterCommit(finish, expensive=True)


async def _changed(kept: Any, need_id: UUID, offer_id: UUID, kind: str) -> Change:
    """Solve the plan again with the new constraint, without the constraints that it would lift."""
    instance, plan = restored(kept.inputs), restored_outcome(kept.outcome).plan
    known = tuple(one for one in instance.known if not _contrary(one, need_id, offer_id, kind))
    instance = msgspec.structs.replace(instance, known=known)
    what: Literal["pinned", "forbidden"] = "pinned" if kind == "pin" else "forbidden"
    return await solve_changed(instance, plan, need_id, offer_id, what)


def _contrary(known: PairHistory, need_id: UUID, offer_id: UUID, kind: str) -> bool:
    said = known.what in ("pinned", "forbidden") and known.need == need_id
    return said and (known.offer == offer_id or (kind == "pin" and known.what == "pinned"))


routes = [show_why, show_why_to_school, ask_what_constraint_costs, add_constraint, remove_constraint]
