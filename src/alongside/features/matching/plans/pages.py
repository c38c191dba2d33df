"""The pages of runs: list, request, progress, plan, cancel, and the decision on a better plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from wtforms import Form

from alongside.features.authorities import settings_of
from alongside.features.matching.assignments.redaction import why_nobody_for, without_private
from alongside.features.matching.models import ADOPT, AT_WORK, CURRENT, TURN_DOWN
from alongside.features.matching.plans import actions, labels, queries
from alongside.features.matching.plans.export import assignments_as_csv
from alongside.features.matching.plans.forms import AskForm
from alongside.features.matching.plans.labels import CoverageLine, PlanLabels, PlanSums
from alongside.features.matching.plans.resource import PLAN
from alongside.features.matching.plans.rows import AssignmentRow, PlanRow
from alongside.platform.access.authorisation import may_for_consortium
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionButton, buttons_for, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.formatting import format_iso_date
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Download, Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV


@dataclass(frozen=True, kw_only=True)
class PlanList(FormContext):
    """The scopes of the person with the current plan of each (on the first page), and one page of all runs."""

    scopes: Sequence[tuple[UUID | None, str]]
    standing: Sequence[PlanRow]
    runs: Sequence[PlanRow]
    number: int
    more: bool
    labels: PlanLabels


class Matched(NamedTuple):
    """An assignment with a partner, and its state as colour and label."""

    place: AssignmentRow
    state: tuple[str, str]


class Tier(NamedTuple):
    """The matched needs of one tier."""

    name: str
    rows: Sequence[Matched]


class Unmatched(NamedTuple):
    """An assignment without a partner, why, and until when only its consortium sees the need."""

    place: AssignmentRow
    why: str | None
    limit: str | None


@dataclass(frozen=True, kw_only=True)
class PlanProgress(PageContext):
    """A run that waits or is calculated."""

    template = "matching/plans/progress.html"
    fragment = "matching/plans/_progress.html"

    run: PlanRow
    buttons: Sequence[ActionButton]
    labels: PlanLabels


@dataclass(frozen=True, kw_only=True)
class PlanEnded(PageContext):
    """A run that ended without a plan, why it `failed`, and the plan in use."""

    template = "matching/plans/ended.html"

    run: PlanRow
    standing: PlanRow | None
    failed: str
    labels: PlanLabels


@dataclass(frozen=True, kw_only=True)
class PlanPage(PageContext):
    """A plan with its matches, needs without a partner, totals, and what is known of its quality (`good`).

    `stands` is true for the plan in use, `ended` are its matches that must be replaced; `at_work` and `offered` are
    other runs of the scope.
    """

    template = "matching/plans/show.html"

    run: PlanRow
    tiers: Sequence[Tier]
    nobody: Sequence[Unmatched]
    sums: PlanSums
    coverage: Sequence[CoverageLine]
    good: str
    stands: bool
    ended: Sequence[AssignmentRow]
    at_work: PlanRow | None
    offered: PlanRow | None
    buttons: Sequence[ActionButton]
    may_make: bool
    labels: PlanLabels


@endpoint.get("/plans", permission=Permission.VIEW_PLAN)
async def list_plans(ctx: PageRequest) -> PageResult:
    """List the current plan of each scope, all runs, and the form that asks for a new plan."""
    return await ASK.new_form_page(ctx, None)


async def _offer_scopes(asked: FormRequest[None, AskForm]) -> None:
    asked.form.offer_scopes(await queries.scopes_of(asked.session, asked.person), asked.person)


async def _list_context(asked: FormRequest[None, AskForm]) -> PlanList:
    session, person = asked.session, asked.person
    number = number_of_page(asked.data.one("page"))
    scopes = asked.form.scopes
    runs, more = await queries.runs_of(session, person, number)
    standing = await queries.current_runs(session, person, [key for key, _ in scopes]) if number == 1 else []
    return PlanList(
        scopes=scopes, standing=standing, runs=runs, number=number, more=more, labels=labels_for(person)
    )


async def _ask(asked: FormRequest[None, AskForm]) -> Redirect:
    run_id, new = await actions.ask_for_plan(asked.session, asked.person, asked.form.consortium_id())
    return Redirect(f"/plans/{run_id}", None if new else "A plan is already being made. This is it.")


@endpoint.get("/plans/{run_id:uuid}", permission=Permission.VIEW_PLAN)
async def show_plan(ctx: PageRequest, run_id: UUID) -> PageResult:
    """Show a run: its progress, or its plan."""
    person = ctx.person
    run = await queries.get_run(ctx.session, person, Permission.VIEW_PLAN, run_id)
    if run.state in AT_WORK:
        return Page(_progress(person, run))
    if run.status is None:
        standing = await queries.current_run(ctx.session, person.authority_id, run.consortium_id)
        failed = without_private(person, run.failed_because or "")
        return Page(PlanEnded(run=run, standing=standing, failed=failed, labels=labels_for(person)))
    assignments = await queries.assignments_of(ctx.session, person.authority_id, run.id)
    settings, stands = settings_of(person.authority_id), run.state in CURRENT
    return Page(
        PlanPage(
            run=run,
            tiers=tiers_of(person, assignments),
            nobody=[
                Unmatched(one, why_nobody_for(person, one), labels.limit_of(settings, one, person.today))
                for one in assignments
                if one.offer_id is None
            ],
            sums=labels.sums(assignments),
            coverage=labels.coverage_lines(run.tiers, labels.tier_words(settings)),
            good=labels.how_good(run),
            stands=stands,
            ended=[one for one in assignments if one.over] if stands else [],
            at_work=await queries.run_at_work(ctx.session, person.authority_id, run.consortium_id),
            offered=await queries.offered_run(ctx.session, person.authority_id, run.consortium_id),
            buttons=buttons_for(person, run, (ADOPT_PLAN, TURN_PLAN_DOWN)),
            may_make=may_for_consortium(person, Permission.MAKE_PLAN, run.consortium_id),
            labels=labels_for(person),
        )
    )


@endpoint.get("/plans/{run_id:uuid}/progress", permission=Permission.VIEW_PLAN, by_itself=True)
async def show_progress(ctx: PageRequest, run_id: UUID) -> PageResult:
    """The progress of a run, polled by its page; tells the page to reload when the run has ended."""
    run = await queries.get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, run_id)
    headers = {} if run.state in AT_WORK else {"HX-Refresh": "true"}
    return Page(_progress(ctx.person, run), headers=headers)


@endpoint.get("/plans/{run_id:uuid}/assignments.csv", permission=Permission.VIEW_PLAN)
async def export_plan(ctx: PageRequest, run_id: UUID) -> PageResult:
    """Export a plan as CSV, one row for each need."""
    run = await queries.get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, run_id)
    assignments = await queries.assignments_of(ctx.session, ctx.person.authority_id, run.id)
    body = assignments_as_csv(ctx.person, assignments)
    return Download(body, f"plan-{format_iso_date(run.asked_at)}.csv", CSV)


def _progress(person: Principal, run: PlanRow) -> PlanProgress:
    return PlanProgress(run=run, buttons=buttons_for(person, run, (CANCEL_PLAN,)), labels=labels_for(person))


def tiers_of(person: Principal, assignments: Sequence[AssignmentRow]) -> list[Tier]:
    """The assignments with a partner, grouped by tier, each with its state."""
    settings = settings_of(person.authority_id)
    shown = []
    for tier, name in labels.tier_words(settings).items():
        of_tier = [one for one in assignments if one.tier == tier and one.offer_id is not None]
        if of_tier:
            shown.append(
                Tier(name, [Matched(one, labels.assignment_state(settings, one)) for one in of_tier])
            )
    return shown


def labels_for(person: Principal) -> PlanLabels:
    """The labels of the person's authority."""
    return PlanLabels(settings_of(person.authority_id))


ASK: FormAction[None, AskForm] = FormAction(
    name="ask_for_plan",
    undo="cancel_plan",
    resource=list_resource("/plans"),
    slug="",
    form_slug=None,
    permission=Permission.MAKE_PLAN,
    form=AskForm,
    choices=_offer_scopes,
    template="matching/plans/list.html",
    context=_list_context,
    run=_ask,
)
CANCEL_PLAN = ButtonAction(
    name="cancel_plan",
    undo="ask_for_plan",
    resource=PLAN,
    slug="cancellation",
    permission=Permission.MAKE_PLAN,
    states=AT_WORK,
    label="Cancel",
    said="Cancelled. The current plan has not changed.",
    run=lambda asked: actions.cancel_plan(asked.session, asked.person, asked.record.id),
)
ADOPT_PLAN = FormAction(
    name="adopt_plan",
    resource=PLAN,
    slug="adoption",
    permission=Permission.MAKE_PLAN,
    states=ADOPT.starts,
    label="Use this plan",
    intro="This plan replaces the current one. Schools are told nothing until you send its proposals.",
    form=Form,
    said="This is now the current plan. Send it when you have read it.",
    run=lambda asked: actions.adopt_plan(asked.session, asked.person, asked.record.id),
)
TURN_PLAN_DOWN = ButtonAction(
    name="turn_plan_down",
    undo="ask_for_plan",
    resource=PLAN,
    slug="refusal",
    permission=Permission.MAKE_PLAN,
    states=TURN_DOWN.starts,
    label="Keep the current plan",
    said="The current plan has not changed.",
    then=lambda _: "/plans",
    run=lambda asked: actions.turn_plan_down(asked.session, asked.person, asked.record.id),
)
routes = [
    list_plans,
    show_plan,
    show_progress,
    export_plan,
    *routes_of((ASK, CANCEL_PLAN, ADOPT_PLAN, TURN_PLAN_DOWN)),
]
