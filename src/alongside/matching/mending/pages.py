"""The page of the ways to mend a plan at once, and taking one."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid
from alongside.matching.engine.result import Option
from alongside.matching.mending import actions
from alongside.matching.mending.options import key_of, options_now
from alongside.matching.mending.queries import declines_of
from alongside.matching.model import STANDING
from alongside.matching.places.audience import names_in
from alongside.matching.places.showing import against_before
from alongside.matching.runs.pages import words
from alongside.matching.runs.queries import offered_run, place_of, places_of, run_at_work, run_to
from alongside.matching.runs.wording import is_over, place_state
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed


@page.get("/plans/{run_id:uuid}/needs/{need_id:uuid}/mending", permission=Permission.MAKE_PLAN)
async def show_options(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID, need_id: UUID
) -> Answer:
    """Who could come instead, best first, and who would be moved for it."""
    run = await run_to(session, person, Permission.MAKE_PLAN, run_id)
    place = await place_of(session, person.authority_id, run.id, need_id)
    context: dict[str, Any] = {"run": run, "place": place, "options": [], **words(person)}
    context["mendable"] = run.state in STANDING and is_over(place)
    context["state"] = place_state(context["settings"], place)
    context["declines"] = await declines_of(session, person.authority_id, need_id)
    context["at_work"] = await run_at_work(session, person.authority_id, run.consortium_id)
    context["offered"] = await offered_run(session, person.authority_id, run.consortium_id)
    if context["mendable"]:
        context["options"] = await _options(session, person, run, place)
    return Page("matching/mending/options.html", context)


async def _options(session: AsyncSession, person: Person, run: Any, place: Any) -> list[dict[str, Any]]:
    places = await places_of(session, person.authority_id, run.id)
    _, found = await options_now(session, person, run, places, place)
    moves = [one.move for one in found if one.move is not None]
    offers = {one.offer for one in found} | {one.offer for one in moves} | {one.to for one in moves}
    names = await names_in(session, person, {"offers": offers, "needs": {one.need for one in moves}})
    return [
        {
            "key": key_of(one),
            "name": names.offer(one.offer),
            "score": one.score.score,
            "points": against_before(_difference(one, place)),
            "move": None
            if one.move is None
            else {
                "need": names.need(one.move.need),
                "before": names.giver(one.move.offer),
                "after": names.giver(one.move.to),
                "score_before": one.move.score_before,
                "score_after": one.move.score_after,
            },
        }
        for one in found
    ]


def _difference(option: Option, place: Any) -> int:
    """The scores with this way, against those with the partner who fell away."""
    moved = 0 if option.move is None else option.move.score_after - option.move.score_before
    before: int = place.score
    return option.score.score - before + moved


@page.post("/plans/{run_id:uuid}/needs/{need_id:uuid}/mending", permission=Permission.MAKE_PLAN)
async def take_option(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID, need_id: UUID
) -> Answer:
    """Take one of them: whoever is newly asked is told."""
    run = await run_to(session, person, Permission.MAKE_PLAN, run_id)
    await place_of(session, person.authority_id, run.id, need_id)
    key = (await typed(request)).one("option")
    if not key:
        raise Invalid({"option": ["Choose who should come instead from the list."]})
    option = await actions.take_option(session, person, run_id, need_id, key)
    said = "Both schools have been asked."
    if option.move is not None:
        said = "Everybody who is newly asked has been told, the school that was moved too."
    return SeeOther(f"/plans/{run_id}", said)


routes = [show_options, take_option]
