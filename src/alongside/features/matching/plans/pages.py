"""The pages of runs: list, request, progress, plan, cancel, and the decision on a better plan."""

from typing import Any
from uuid import UUID

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.features.matching.assignments.redaction import why_nobody_for, without_private
from alongside.features.matching.models import ADOPT, AT_WORK, CURRENT, TURN_DOWN
from alongside.features.matching.plans import actions, labels, queries
from alongside.features.matching.plans.export import assignments_as_csv
from alongside.features.matching.plans.forms import AskForm
from alongside.features.matching.plans.resource import PLAN
from alongside.platform.access.authorisation import may_for_consortium
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import buttons_for, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.formatting import format_iso_date
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Download, Page, PageResult, Redirect, TemplateVariables
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV


@endpoint.get("/plans", permission=Permission.VIEW_PLAN)
async def list_plans(ctx: PageRequest) -> PageResult:
    """List the current plan of each scope, all runs, and the form that asks for a new plan."""
    return await ASK.new_form_page(ctx, None)


async def _offer_scopes(asked: FormRequest[None, AskForm]) -> None:
    asked.form.offer_scopes(await queries.scopes_of(asked.session, asked.person), asked.person)


async def _list_context(asked: FormRequest[None, AskForm]) -> dict[str, Any]:
    """The current plan of each scope on the first page, and one page of all runs."""
    session, person = asked.session, asked.person
    number = number_of_page(asked.data.one("page"))
    scopes = await queries.scopes_of(session, person)
    runs, more = await queries.runs_of(session, person, number)
    found = [await queries.current_run(session, person.authority_id, key) for key, _ in scopes if number == 1]
    return {
        "scopes": scopes,
        "standing": [one for one in found if one is not None],
        "runs": runs,
        "number": number,
        "more": more,
        **words(person),
    }


async def _ask(asked: FormRequest[None, AskForm]) -> Redirect:
    run_id, new = await actions.ask_for_plan(asked.session, asked.person, asked.form.consortium_id())
    return Redirect(f"/plans/{run_id}", None if new else "A plan is already being made. This is it.")


@endpoint.get("/plans/{run_id:uuid}", permission=Permission.VIEW_PLAN)
async def show_plan(ctx: PageRequest, run_id: UUID) -> PageResult:
    """Show a run: its progress, or its plan."""
    run = await queries.get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, run_id)
    if run.state in AT_WORK:
        return Page(TemplateVariables("matching/plans/progress.html", _progress(ctx.person, run)))
    if run.status is None:
        standing = await queries.current_run(ctx.session, ctx.person.authority_id, run.consortium_id)
        failed = without_private(ctx.person, run.failed_because or "")
        context = {"run": run, "standing": standing, "failed": failed, **words(ctx.person)}
        return Page(TemplateVariables("matching/plans/ended.html", context))
    assignments = await queries.assignments_of(ctx.session, ctx.person.authority_id, run.id)
    stands = run.state in CURRENT
    context = {
        "run": run,
        "tiers": tiers_of(ctx.person, assignments),
        "nobody": [
            {"place": one, "why": why_nobody_for(ctx.person, one)}
            for one in assignments
            if one.offer_id is None
        ],
        "sums": labels.sums(assignments),
        "coverage": labels.coverage_lines(
            run.coverage, labels.tier_words(settings_of(ctx.person.authority_id))
        ),
        "good": labels.how_good(run),
        "stands": stands,
        "ended": [one for one in assignments if labels.is_over(one)] if stands else [],
        "at_work": await queries.run_at_work(ctx.session, ctx.person.authority_id, run.consortium_id),
        "offered": await queries.offered_run(ctx.session, ctx.person.authority_id, run.consortium_id),
        "buttons": buttons_for(ctx.person, run, (ADOPT_PLAN, TURN_PLAN_DOWN)),
        "may_make": may_for_consortium(ctx.person, Permission.MAKE_PLAN, run.consortium_id),
        **words(ctx.person),
    }
    return Page(TemplateVariables("matching/plans/show.html", context))


@endpoint.get("/plans/{run_id:uuid}/progress", permission=Permission.VIEW_PLAN, by_itself=True)
async def show_progress(ctx: PageRequest, run_id: UUID) -> PageResult:
    """The progress of a run, polled by its page; tells the page to reload when the run has ended."""
    run = await queries.get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, run_id)
    headers = {} if run.state in AT_WORK else {"HX-Refresh": "true"}
    return Page(
        TemplateVariables(
            "matching/plans/progress.html",
            _progress(ctx.person, run),
            fragment="matching/plans/_progress.html",
        ),
        headers=headers,
    )


@endpoint.get("/plans/{run_id:uuid}/assignments.csv", permission=Permission.VIEW_PLAN)
async def export_plan(ctx: PageRequest, run_id: UUID) -> PageResult:
    """Export a plan as CSV, one row for each need."""
    run = await queries.get_run(ctx.session, ctx.person, Permission.VIEW_PLAN, run_id)
    assignments = await queries.assignments_of(ctx.session, ctx.person.authority_id, run.id)
    body = assignments_as_csv(ctx.person, assignments)
    return Download(body, f"plan-{format_iso_date(run.asked_at)}.csv", CSV)


def _progress(person: Principal, run: Any) -> dict[str, Any]:
    return {"run": run, "buttons": buttons_for(person, run, (CANCEL_PLAN,)), **words(person)}


def tiers_of(person: Principal, assignments: Any) -> list[dict[str, Any]]:
    """The assignments with a partner, grouped by tier, each with its state."""
    settings = settings_of(person.authority_id)
    names = labels.tier_words(settings)
    shown = []
    for tier, name in names.items():
        of_tier = [one for one in assignments if one.tier == tier and one.offer_id is not None]
        if of_tier:
            rows = [{"place": one, "state": labels.assignment_state(settings, one)} for one in of_tier]
            shown.append({"name": name, "rows": rows})
    return shown


def words(person: Principal) -> dict[str, Any]:
    """The helpers that every plan template needs."""
    settings = settings_of(person.authority_id)
    return {
        "STATES": labels.STATES,
        "BECAUSE": labels.BECAUSE,
        "ordinal": labels.ordinal,
        "rank_label": labels.rank_label,
        "is_over": labels.is_over,
        "theme_of": lambda key: label_of(settings.themes, key),
        "scope_of": lambda run: run.consortium or "the whole authority",
        "settings": settings,
    }


ASK: FormAction[None, AskForm] = FormAction(
    name="ask_for_plan",
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
    resource=PLAN,
    slug="cancellation",
    permission=Permission.MAKE_PLAN,
    states=AT_WORK,
    label="Cancel",
    said="Cancelled. The current plan has not changed.",
    run=lambda asked: actions.cancel_plan(asked.session, asked.person, asked.record.id),
)
ADOPT_PLAN = ButtonAction(
    name="adopt_plan",
    resource=PLAN,
    slug="adoption",
    permission=Permission.MAKE_PLAN,
    states=ADOPT.starts,
    label="Use this plan",
    said="This is now the current plan. Send it when you have read it.",
    run=lambda asked: actions.adopt_plan(asked.session, asked.person, asked.record.id),
)
TURN_PLAN_DOWN = ButtonAction(
    name="turn_plan_down",
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
