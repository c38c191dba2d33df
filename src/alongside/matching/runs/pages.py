"""The pages of runs: all of them, asking for one, its progress, its plan; cancelling; a better one taken over."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import may_for_consortium
from alongside.authorities import settings_of
from alongside.authorities.settings import label_of
from alongside.errors import Invalid
from alongside.matching.model import AT_WORK, STANDING
from alongside.matching.places.audience import why_nobody_for, without_private
from alongside.matching.runs import actions, queries, wording
from alongside.matching.runs.forms import AskForm
from alongside.matching.runs.sheet import places_as_csv
from alongside.needs.list import number_of_page
from alongside.web.answers import Answer, Download, Page, SeeOther
from alongside.web.gate import page
from alongside.web.spreadsheet import CSV
from alongside.web.typed import asked, typed


@page.get("/plans", permission=Permission.SEE_PLAN)
async def list_plans(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The plan that each scope has now, a button for a new one, and all runs there were."""
    number = number_of_page(asked(request).one("page"))
    scopes = await queries.scopes_of(session, person)
    form = AskForm()
    form.offer_scopes(scopes, person)
    runs, more = await queries.runs_of(session, person, number)
    context = {
        "form": form,
        "scopes": scopes,
        "standing": [
            one for key, _ in scopes if (one := await queries.standing_run(session, person.authority_id, key))
        ]
        if number == 1
        else [],
        "runs": runs,
        "number": number,
        "more": more,
        **words(person),
    }
    return Page("matching/runs/list.html", context)


@page.post("/plans", permission=Permission.MAKE_PLAN)
async def ask_for_plan(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Have a plan worked out; the one at work already is shown where there is one."""
    form = AskForm(await typed(request))
    scopes = await queries.scopes_of(session, person)
    form.offer_scopes(scopes, person)
    if not form.holds():
        raise Invalid({"scope": ["Choose whom the plan is for from the list."]})
    run_id, new = await actions.ask_for_plan(session, person, form.consortium_id())
    said = None if new else "A plan was being worked out already: here it is."
    return SeeOther(f"/plans/{run_id}", said)


@page.get("/plans/{run_id:uuid}", permission=Permission.SEE_PLAN)
async def show_plan(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID
) -> Answer:
    """One run: how far it is, or the plan that came of it."""
    run = await queries.run_to(session, person, Permission.SEE_PLAN, run_id)
    if run.state in AT_WORK:
        return Page("matching/runs/progress.html", {"run": run, **words(person)})
    if run.status is None:
        standing = await queries.standing_run(session, person.authority_id, run.consortium_id)
        failed = without_private(person, run.failed_because or "")
        context = {"run": run, "standing": standing, "failed": failed, **words(person)}
        return Page("matching/runs/ended.html", context)
    places = await queries.places_of(session, person.authority_id, run.id)
    stands = run.state in STANDING
    context = {
        "run": run,
        "tiers": tiers_of(person, places),
        "nobody": [
            {"place": one, "why": why_nobody_for(person, one)} for one in places if one.offer_id is None
        ],
        "sums": wording.sums(places),
        "coverage": wording.coverage_lines(
            run.coverage, wording.tier_words(settings_of(person.authority_id))
        ),
        "good": wording.how_good(run),
        "stands": stands,
        "ended": [one for one in places if wording.is_over(one)] if stands else [],
        "at_work": await queries.run_at_work(session, person.authority_id, run.consortium_id),
        "offered": await queries.offered_run(session, person.authority_id, run.consortium_id),
        "may_make": may_for_consortium(person, Permission.MAKE_PLAN, run.consortium_id),
        **words(person),
    }
    return Page("matching/runs/show.html", context)


@page.get("/plans/{run_id:uuid}/progress", permission=Permission.SEE_PLAN, by_itself=True)
async def show_progress(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID
) -> Answer:
    """How far a run is, for the open page that asks; told to reload once it has ended."""
    run = await queries.run_to(session, person, Permission.SEE_PLAN, run_id)
    headers = {} if run.state in AT_WORK else {"HX-Refresh": "true"}
    return Page(
        "matching/runs/progress.html",
        {"run": run, **words(person)},
        fragment="matching/runs/_progress.html",
        headers=headers,
    )


@page.get("/plans/{run_id:uuid}/places.csv", permission=Permission.SEE_PLAN)
async def export_plan(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID
) -> Answer:
    """A plan for a spreadsheet, one need a row."""
    run = await queries.run_to(session, person, Permission.SEE_PLAN, run_id)
    places = await queries.places_of(session, person.authority_id, run.id)
    body = places_as_csv(person, places)
    return Download(body, f"plan-{run.asked_at:%Y-%m-%d}.csv", CSV)


@page.post("/plans/{run_id:uuid}/cancellation", permission=Permission.MAKE_PLAN)
async def cancel_plan(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID
) -> Answer:
    """Stop working a plan out."""
    await actions.cancel_plan(session, person, run_id)
    return SeeOther(f"/plans/{run_id}", "Cancelled. The plan before stands as it was.")


@page.post("/plans/{run_id:uuid}/adoption", permission=Permission.MAKE_PLAN)
async def adopt_plan(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID
) -> Answer:
    """Take the better plan over."""
    await actions.adopt_plan(session, person, run_id)
    return SeeOther(f"/plans/{run_id}", "This plan stands now. Send it when you have read it.")


@page.post("/plans/{run_id:uuid}/refusal", permission=Permission.MAKE_PLAN)
async def turn_plan_down(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID
) -> Answer:
    """Keep the plan that stands."""
    await actions.turn_plan_down(session, person, run_id)
    return SeeOther("/plans", "The plan stays as it was.")


def tiers_of(person: Person, places: Any) -> list[dict[str, Any]]:
    """The places with a partner, by tier in the authority's words, each with how it stands."""
    settings = settings_of(person.authority_id)
    names = wording.tier_words(settings)
    shown = []
    for tier, name in names.items():
        of_tier = [one for one in places if one.tier == tier and one.offer_id is not None]
        if of_tier:
            rows = [{"place": one, "state": wording.place_state(settings, one)} for one in of_tier]
            shown.append({"name": name, "rows": rows})
    return shown


def words(person: Person) -> dict[str, Any]:
    """What every page of plans needs to speak."""
    settings = settings_of(person.authority_id)
    return {
        "STATES": wording.STATES,
        "BECAUSE": wording.BECAUSE,
        "pounds": wording.pounds,
        "ordinal": wording.ordinal,
        "rank_in_words": wording.rank_in_words,
        "is_over": wording.is_over,
        "theme_of": lambda key: label_of(settings.themes, key),
        "scope_of": lambda run: run.consortium or "the whole authority",
        "settings": settings,
    }


routes = [
    list_plans,
    ask_for_plan,
    show_plan,
    show_progress,
    export_plan,
    cancel_plan,
    adopt_plan,
    turn_plan_down,
]
