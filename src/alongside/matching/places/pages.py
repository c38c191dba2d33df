"""The pages of one need in a plan: why it has its partner, and what pinning, forbidding or swapping would cost."""

import asyncio
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import may_for_consortium, require
from alongside.errors import Invalid, NotThere, Refused
from alongside.matching.engine.impossible import Impossible
from alongside.matching.engine.instance import Known, restored
from alongside.matching.engine.result import Change
from alongside.matching.engine.shortlist import shortlist
from alongside.matching.engine.solving import change as solve_changed
from alongside.matching.model import STANDING, PlanRun
from alongside.matching.places import actions, queries
from alongside.matching.places.audience import (
    ids_in,
    names_in,
    ruled_out_for,
    why_nobody_for,
    without_private,
)
from alongside.matching.places.cost import cost_of
from alongside.matching.places.forms import WishForm
from alongside.matching.places.showing import better_offers, parts_of
from alongside.matching.runs.outcome import restored_outcome
from alongside.matching.runs.pages import words
from alongside.matching.runs.queries import RUN, place_of, record_of, run_to
from alongside.matching.runs.wording import is_over, place_state
from alongside.matching.wish import KINDS
from alongside.needs.queries import need_to
from alongside.web.answers import AfterCommit, Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import asked, typed

SAID = {
    "pin": "The partner is kept. The plan is being worked out with that.",
    "forbid": "The partner is ruled out. The plan is being worked out without it.",
}


@page.get("/plans/{run_id:uuid}/needs/{need_id:uuid}", permission=Permission.SEE_PLAN)
async def show_why(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID, need_id: UUID
) -> Answer:
    """Why a need has the partner that it has in a plan, and what else could be chosen at which price."""
    run = await run_to(session, person, Permission.SEE_PLAN, run_id)
    place = await place_of(session, person.authority_id, run.id, need_id)
    context = await _explained(session, person, run, place)
    kept = await kept_of(session, person, run)
    if kept is None:
        return Page("matching/places/why.html", context | {"others": []})
    names = await names_in(session, person, ids_of(kept))

    async def finish() -> Answer:
        found = await asyncio.to_thread(shortlist, restored(kept.inputs), need_id)
        chosen = {place.offer_id, *(UUID(one["offer"]) for one in place.why.get("better", ()))}
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
        return Page("matching/places/why.html", context | {"others": others})

    return AfterCommit(finish, expensive=True)


async def kept_of(session: AsyncSession, person: Person, run: Any) -> Any:
    """The record of a run; None where there is none."""
    try:
        return await record_of(session, person.authority_id, run.id)
    except NotThere:
        return None


def ids_of(kept: Any) -> dict[str, set[UUID]]:
    """Every offer and need that went into a run."""
    if kept is None:
        return {"offers": set(), "needs": set()}
    instance = restored(kept.inputs)
    return {"offers": {one.id for one in instance.offers}, "needs": {one.id for one in instance.needs}}


@page.get("/needs/{need_id:uuid}/why", permission=Permission.SEE_WHY)
async def show_why_to_school(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """The same for the school that asks: of the partner who was asked, with no other school's name it may not see."""
    need = await need_to(session, person, Permission.SEE_POST, need_id)
    require(person, Permission.SEE_WHY, need.school_urn)
    run_id = await queries.run_that_was_sent(session, person.authority_id, need_id)
    if run_id is None:
        return Page("matching/places/no_plan.html", {"need": need, **words(person)})
    run = await run_of(session, person, run_id)
    place = await place_of(session, person.authority_id, run_id, need_id)
    context = await _explained(session, person, run, place)
    return Page("matching/places/why.html", context | {"others": []})


async def run_of(session: AsyncSession, person: Person, run_id: UUID) -> Any:
    """A run whose place this person has been allowed to read, whoever's plan it is."""
    statement = RUN.where(PlanRun.id == run_id)
    return (await session.execute(statement, {"authority_id": person.authority_id})).one()


async def _explained(session: AsyncSession, person: Person, run: Any, place: Any) -> dict[str, Any]:
    """What the page of a place shows, as far as this person may see it."""
    names = await names_in(session, person, ids_in(place.why))
    told = words(person)
    leads = may_for_consortium(person, Permission.MAKE_PLAN, run.consortium_id)
    stands = run.state in STANDING
    return {
        "run": run,
        "place": place,
        "state": place_state(told["settings"], place),
        "over": is_over(place) and stands,
        "parts": parts_of(place.parts),
        "miles": place.parts.get("miles"),
        "better": [] if place.held_by == "proposal" else better_offers(place.why, names),
        "ruled_out": ruled_out_for(person, place.why.get("ruled_out", {})),
        "why_nobody": why_nobody_for(person, place),
        "wishes": await _wishes(session, person, place.need_id) if leads else [],
        "KINDS": KINDS,
        "leads": leads,
        "may_change": leads and stands and place.proposal_state not in actions.ANSWERED,
        **told,
    }


async def _wishes(session: AsyncSession, person: Person, need_id: UUID) -> list[dict[str, Any]]:
    rows = await queries.wishes_of_need(session, person.authority_id, need_id)
    names = await names_in(session, person, {"offers": {row.offer_id for row in rows}, "needs": set()})
    return [{"row": row, "name": names.offer(row.offer_id)} for row in rows]


@page.get("/plans/{run_id:uuid}/needs/{need_id:uuid}/wishes/new", permission=Permission.MAKE_PLAN)
async def ask_what_wish_costs(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID, need_id: UUID
) -> Answer:
    """What a pin, a forbid or a swap would cost the plan, before it is made."""
    question = asked(request)
    run = await run_to(session, person, Permission.MAKE_PLAN, run_id)
    place = await place_of(session, person.authority_id, run.id, need_id)
    offer = question.one("offer") or str(place.offer_id or "")
    form = WishForm(data={"kind": question.one("kind") or "pin", "offer": offer})
    return await _wish_page(session, person, run, place, form)


@page.post("/plans/{run_id:uuid}/needs/{need_id:uuid}/wishes", permission=Permission.MAKE_PLAN)
async def make_wish(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID, need_id: UUID
) -> Answer:
    """Make it, and have the plan worked out with it."""
    form = WishForm(await typed(request))
    run = await run_to(session, person, Permission.MAKE_PLAN, run_id)
    place = await place_of(session, person.authority_id, run.id, need_id)
    answer = await _wish_page(session, person, run, place, form, 422)
    if not form.holds():
        return answer
    kind, offer_id = form.kind.data or "", _offer_id(form)
    made = await actions.make_wish(session, person, run_id, (need_id, offer_id, kind), form.reason.data)
    return SeeOther(f"/plans/{made}", SAID[kind])


@page.post("/plans/{run_id:uuid}/wishes/{wish_id:uuid}/lifting", permission=Permission.MAKE_PLAN)
async def lift_wish(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID, wish_id: UUID
) -> Answer:
    """Let the plan choose freely again."""
    made = await actions.lift_wish(session, person, run_id, wish_id)
    return SeeOther(f"/plans/{made}", "Lifted. The plan is being worked out anew.")


def _offer_id(form: WishForm) -> UUID:
    """The offer that is meant. Raises Invalid when none is said, NotThere for what cannot be one."""
    if not form.offer.data or not form.kind.data:
        raise Invalid({"offer": ["Choose a partner on the page of the need first."]})
    try:
        return UUID(form.offer.data or "")
    except ValueError as error:
        raise NotThere from error


async def _wish_page(
    session: AsyncSession, person: Person, run: Any, place: Any, form: WishForm, status: int = 200
) -> Answer:
    """The form with the cost above it; solved once the transaction is over, since it may take a second."""
    offer_id, kind = _offer_id(form), form.kind.data or ""
    if kind not in KINDS:
        raise NotThere
    offer = await actions.offer_seen(session, person, offer_id)
    kept = await kept_of(session, person, run)
    names = await names_in(session, person, ids_of(kept))
    context = {
        "run": run,
        "place": place,
        "offer": offer,
        "name": f"{offer.school}, {offer.title}",
        "kind": kind,
        "form": form,
        "cost": None,
        **words(person),
    }
    if kept is None or kept.outcome is None:
        return Page("matching/places/wish.html", context, status)

    async def finish() -> Answer:
        try:
            change = await _changed(kept, place.need_id, offer_id, kind)
        except Impossible as problem:
            raise Refused(without_private(person, problem.sentence)) from problem
        shown = context | {"cost": cost_of(kept, change, names)}
        return Page("matching/places/wish.html", shown, status)

    return AfterCommit(finish, expensive=True)


async def _changed(kept: Any, need_id: UUID, offer_id: UUID, kind: str) -> Change:
    """The plan solved again with the wish, and without what the wish would lift."""
    instance, plan = restored(kept.inputs), restored_outcome(kept.outcome).plan
    known = tuple(one for one in instance.known if not _contrary(one, need_id, offer_id, kind))
    instance = msgspec.structs.replace(instance, known=known)
    what: Literal["pinned", "forbidden"] = "pinned" if kind == "pin" else "forbidden"
    return await solve_changed(instance, plan, need_id, offer_id, what)


def _contrary(known: Known, need_id: UUID, offer_id: UUID, kind: str) -> bool:
    said = known.what in ("pinned", "forbidden") and known.need == need_id
    return said and (known.offer == offer_id or (kind == "pin" and known.what == "pinned"))


routes = [show_why, show_why_to_school, ask_what_wish_costs, make_wish, lift_wish]
