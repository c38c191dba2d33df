"""Pages about one need in a plan: the explanation of its match, and the cost of a pin, forbid or swap."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.matching.assignments import actions, queries
from alongside.features.matching.assignments.forms import ConstraintForm
from alongside.features.matching.assignments.impact import ChangeCost, cost_of
from alongside.features.matching.assignments.presentation import (
    BetterOffer,
    ScorePart,
    better_offers,
    parts_of,
)
from alongside.features.matching.assignments.queries import ConstraintRow
from alongside.features.matching.assignments.redaction import (
    Names,
    ids_in,
    names_in,
    ruled_out_for,
    why_nobody_for,
    without_private,
)
from alongside.features.matching.engine.instance import PairHistory, restored
from alongside.features.matching.engine.result import Change, Outcome
from alongside.features.matching.engine.shortlist import shortlist
from alongside.features.matching.engine.subprocess_client import change as solve_changed
from alongside.features.matching.engine.validation import InfeasibleProblem
from alongside.features.matching.models import CURRENT
from alongside.features.matching.pins import KINDS
from alongside.features.matching.plans.labels import PlanLabels, assignment_state
from alongside.features.matching.plans.pages import labels_for
from alongside.features.matching.plans.queries import assignment_of, get_run, record_of, run_of_assignment
from alongside.features.matching.plans.resource import PLANNED_NEED, PlannedNeed
from alongside.features.matching.plans.result_rows import restored_outcome
from alongside.features.matching.plans.rows import AssignmentRow, OfferName, PlanRow, Snapshot
from alongside.features.needs.queries import get_need
from alongside.features.needs.rows import NeedRow
from alongside.platform.access.authorisation import may_for_consortium, require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, Resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import (
    FormAction,
    FormContext,
    FormRequest,
    context_of,
    with_context,
)
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import (
    ContinueAfterCommit,
    Page,
    PageContext,
    PageResult,
    Redirect,
)
from alongside.platform.web.routing import endpoint

SAID = {
    "pin": "The partner is kept. The plan is being calculated with that.",
    "forbid": "The partner is ruled out. The plan is being calculated without it.",
}


class NamedConstraint(NamedTuple):
    """A pin or forbid on the need, and the name of its offer."""

    row: ConstraintRow
    name: str


class OtherOffer(NamedTuple):
    """Another offer that passes every rule."""

    id: UUID
    name: str
    score: int


@dataclass(frozen=True, kw_only=True)
class AssignmentPage(PageContext):
    """Why a need has its partner in a plan, redacted for the reader.

    `over` is true if the partner declined, `leads` for those who make the plan, and `may_change` if they can pin or
    forbid now. `others` are offers that the plan could choose instead.
    """

    template = "matching/assignments/why.html"

    run: PlanRow
    place: AssignmentRow
    state: tuple[str, str]
    over: bool
    parts: Sequence[ScorePart]
    miles: float | None
    better: Sequence[BetterOffer]
    ruled_out: Sequence[tuple[int, str]]
    why_nobody: str | None
    constraints: Sequence[NamedConstraint]
    leads: bool
    may_change: bool
    labels: PlanLabels
    others: Sequence[OtherOffer] = ()
    KINDS: Mapping[str, str] = field(default_factory=lambda: KINDS)


@dataclass(frozen=True, kw_only=True)
class NoPlan(PageContext):
    """A need for which no plan has named a partner."""

    template = "matching/assignments/no_plan.html"

    need: NeedRow
    settings: AuthoritySettings


@dataclass(frozen=True, kw_only=True)
class ConstraintContext(FormContext):
    """A pin or forbid (`kind`) of an offer, called `name`, and what it would cost the plan, once it is known."""

    run: PlanRow
    place: AssignmentRow
    offer: OfferName
    name: str
    kind: str
    cost: ChangeCost | None = None


@endpoint.get("/plans/{run_id:uuid}/needs/{need_id:uuid}", permission=Permission.VIEW_PLAN)
async def show_why(ctx: PageRequest, run_id: UUID, need_id: UUID) -> PageResult:
    """Explain why a need has its support partner in a plan, and what each alternative would cost."""
    run = await get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, run_id)
    assignment = await assignment_of(ctx.session, ctx.person.authority_id, run.id, need_id)
    page = await _explained(ctx.session, ctx.person, run, assignment)
    kept = await kept_of(ctx.session, ctx.person, run)
    if kept is None:
        return Page(page)
    names = await names_in(ctx.session, ctx.person, ids_of(kept))

    async def finish() -> PageResult:
        found = await asyncio.to_thread(shortlist, restored(kept.inputs), need_id)
        why = assignment.explanation
        chosen = {assignment.offer_id, *(one.offer for one in (() if why is None else why.better))}
        others = [
            OtherOffer(one.offer, names.offer(one.offer), one.score.score)
            for one in found.ranked
            if one.offer not in chosen
        ]
        return Page(replace(page, others=others))

    return ContinueAfterCommit(finish, expensive=True)


async def kept_of(session: AsyncSession, person: Principal, run: PlanRow) -> Snapshot | None:
    """Return the snapshot of a run, or None if there is none."""
    try:
        return await record_of(session, person.authority_id, run.id)
    except NotFound:
        return None


def ids_of(kept: Snapshot | None) -> dict[str, set[UUID]]:
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
    authority_id = ctx.person.authority_id
    run_id = await queries.run_that_was_sent(ctx.session, authority_id, need_id)
    if run_id is None:
        return Page(NoPlan(need=need, settings=settings_of(authority_id)))
    run = await run_of_assignment(ctx.session, authority_id, run_id)
    assignment = await assignment_of(ctx.session, authority_id, run_id, need_id)
    return Page(await _explained(ctx.session, ctx.person, run, assignment))


async def _explained(
    session: AsyncSession, person: Principal, run: PlanRow, assignment: AssignmentRow
) -> AssignmentPage:
    """Build the explanation page, redacted for this person."""
    why, score = assignment.explanation, assignment.match_score
    names = await names_in(session, person, ids_in(why))
    leads = may_for_consortium(person, Permission.MAKE_PLAN, run.consortium_id)
    stands = run.state in CURRENT
    return AssignmentPage(
        run=run,
        place=assignment,
        state=assignment_state(settings_of(person.authority_id), assignment),
        over=assignment.over and stands,
        parts=parts_of(score),
        miles=None if score is None else score.miles,
        better=[] if assignment.held_by == "proposal" else better_offers(why, names),
        ruled_out=ruled_out_for(person, {} if why is None else why.ruled_out),
        why_nobody=why_nobody_for(person, assignment),
        constraints=await _constraints(session, person, assignment.need_id) if leads else [],
        leads=leads,
        may_change=leads and stands and assignment.proposal_state not in actions.ANSWERED,
        labels=labels_for(person),
    )


async def _constraints(session: AsyncSession, person: Principal, need_id: UUID) -> list[NamedConstraint]:
    rows = await queries.constraints_of_need(session, person.authority_id, need_id)
    names = await names_in(session, person, {"offers": {row.offer_id for row in rows}, "needs": set()})
    return [NamedConstraint(row, names.offer(row.offer_id)) for row in rows]


def _offer_id(form: ConstraintForm) -> UUID:
    """Read the offer id from the form. Raises ValidationFailed if it is missing, NotFound if it is not a UUID."""
    if not form.offer.data or not form.kind.data:
        raise ValidationFailed({"offer": ["Choose a partner on the page of the need first."]})
    try:
        return UUID(form.offer.data or "")
    except ValueError as error:
        raise NotFound from error


async def _changed(kept: Snapshot, outcome: Outcome, need_id: UUID, offer_id: UUID, kind: str) -> Change:
    """Solve the plan again with the new constraint, without the constraints that it would lift."""
    instance = restored(kept.inputs)
    known = tuple(one for one in instance.known if not _contrary(one, need_id, offer_id, kind))
    instance = msgspec.structs.replace(instance, known=known)
    what: Literal["pinned", "forbidden"] = "pinned" if kind == "pin" else "forbidden"
    return await solve_changed(instance, outcome.plan, need_id, offer_id, what)


def _contrary(known: PairHistory, need_id: UUID, offer_id: UUID, kind: str) -> bool:
    said = known.what in ("pinned", "forbidden") and known.need == need_id
    return said and (known.offer == offer_id or (kind == "pin" and known.what == "pinned"))


def _initial(asked: ActionRequest[PlannedNeed]) -> dict[str, object]:
    offer = asked.data.one("offer") or str(asked.record.assignment.offer_id or "")
    return {"kind": asked.data.one("kind") or "pin", "offer": offer}


@dataclass(frozen=True, kw_only=True)
class PricedConstraint(ConstraintContext):
    """The same with what the cost is calculated from."""

    kept: Snapshot | None
    names: Names


async def _context(asked: FormRequest[PlannedNeed, ConstraintForm]) -> ConstraintContext:
    """What the constraint would change. `_with_cost` adds what it would cost the plan."""
    session, person, run = asked.session, asked.person, asked.record.run
    offer_id, kind = _offer_id(asked.form), asked.form.kind.data or ""
    if kind not in KINDS:
        raise NotFound
    offer = await actions.offer_seen(session, person, offer_id)
    kept = await kept_of(session, person, run)
    return PricedConstraint(
        run=run,
        place=asked.record.assignment,
        offer=offer,
        name=f"{offer.school}, {offer.title}",
        kind=kind,
        kept=kept,
        names=await names_in(session, person, ids_of(kept)),
    )


def _with_cost(asked: FormRequest[PlannedNeed, ConstraintForm], page: Page) -> PageResult:
    """Add the cost to the page, after the transaction, because the solver can take a second."""
    shown = context_of(page, PricedConstraint)
    kept = shown.kept
    if kept is None or kept.outcome is None:
        return page
    need_id, offer_id = asked.record.assignment.need_id, _offer_id(asked.form)
    outcome = restored_outcome(kept.outcome)

    async def finish() -> PageResult:
        try:
            change = await _changed(kept, outcome, need_id, offer_id, shown.kind)
        except InfeasibleProblem as problem:
            raise ActionRefused(without_private(asked.person, problem.sentence)) from problem
        return with_context(page, replace(shown, cost=cost_of(outcome, change, shown.names)))

    return ContinueAfterCommit(finish, expensive=True)


async def _add(asked: FormRequest[PlannedNeed, ConstraintForm]) -> Redirect:
    """Add the constraint and start a run that applies it."""
    kind, need_id = asked.form.kind.data or "", asked.record.assignment.need_id
    made = await actions.add_constraint(
        asked.session,
        asked.person,
        asked.record.run.id,
        (need_id, _offer_id(asked.form), kind),
        asked.form.reason.data,
    )
    return Redirect(f"/plans/{made}", SAID.get(kind))


async def _remove(asked: ActionRequest[tuple[UUID, UUID]]) -> Redirect:
    """Lift a pin or forbid."""
    made = await actions.remove_constraint(asked.session, asked.person, *asked.record)
    return Redirect(f"/plans/{made}", "Lifted. The plan is being recalculated.")


async def _both_ids(
    _session: AsyncSession, _person: Principal, _permission: Permission, run_id: UUID, constraint_id: UUID
) -> tuple[UUID, UUID]:
    """The ids of a plan and a constraint: the action loads both."""
    return run_id, constraint_id


ADD_CONSTRAINT: FormAction[PlannedNeed, ConstraintForm] = FormAction(
    name="add_constraint",
    creates=True,
    undo="remove_constraint",
    resource=PLANNED_NEED,
    slug="constraints",
    form_slug="constraints/new",
    permission=Permission.MAKE_PLAN,
    form=ConstraintForm,
    initial=_initial,
    template="matching/assignments/constraint.html",
    context=_context,
    finish=_with_cost,
    run=_add,
)
REMOVE_CONSTRAINT = ButtonAction(
    name="remove_constraint",
    undo="add_constraint",
    resource=Resource(
        name="ids",
        path="/plans/{run_id:uuid}/constraints/{constraint_id:uuid}",
        load=_both_ids,
        url=lambda ids: f"/plans/{ids[0]}/constraints/{ids[1]}",
    ),
    slug="remove",
    permission=Permission.MAKE_PLAN,
    run=_remove,
)
routes = [show_why, show_why_to_school, *routes_of((ADD_CONSTRAINT, REMOVE_CONSTRAINT))]
