"""The page of replacement options, and the choice of one."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ValidationFailed
from alongside.features.matching.assignments.presentation import against_before
from alongside.features.matching.assignments.redaction import names_in
from alongside.features.matching.engine.result import Option
from alongside.features.matching.models import CURRENT
from alongside.features.matching.plans.labels import assignment_state, is_over
from alongside.features.matching.plans.pages import words
from alongside.features.matching.plans.queries import (
    assignment_of,
    assignments_of,
    get_run,
    offered_run,
    run_at_work,
)
from alongside.features.matching.replacement import actions
from alongside.features.matching.replacement.options import key_of, options_now
from alongside.features.matching.replacement.queries import declines_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageResult, Redirect, TemplateVariables
from alongside.platform.web.routing import endpoint


@endpoint.get("/plans/{run_id:uuid}/needs/{need_id:uuid}/replacements", permission=Permission.MAKE_PLAN)
async def show_options(ctx: PageRequest, run_id: UUID, need_id: UUID) -> PageResult:
    """Show the replacement options, best first, and which pair each would move."""
    run = await get_run(ctx.session, ctx.person, Permission.MAKE_PLAN, run_id)
    assignment = await assignment_of(ctx.session, ctx.person.authority_id, run.id, need_id)
    context: dict[str, Any] = {"run": run, "place": assignment, "options": [], **words(ctx.person)}
    context["mendable"] = run.state in CURRENT and is_over(assignment)
    context["state"] = assignment_state(context["settings"], assignment)
    context["declines"] = await declines_of(ctx.session, ctx.person.authority_id, need_id)
    context["at_work"] = await run_at_work(ctx.session, ctx.person.authority_id, run.consortium_id)
    context["offered"] = await offered_run(ctx.session, ctx.person.authority_id, run.consortium_id)
    if context["mendable"]:
        context["options"] = await _options(ctx.session, ctx.person, run, assignment)
    return Page(TemplateVariables("matching/replacement/options.html", context))


async def _options(
    session: AsyncSession, person: Principal, run: Any, assignment: Any
) -> list[dict[str, Any]]:
    assignments = await assignments_of(session, person.authority_id, run.id)
    _, found = await options_now(session, person, run, assignments, assignment)
    moves = [one.move for one in found if one.move is not None]
    offers = {one.offer for one in found} | {one.offer for one in moves} | {one.to for one in moves}
    names = await names_in(session, person, {"offers": offers, "needs": {one.need for one in moves}})
    return [
        {
            "key": key_of(one),
            "name": names.offer(one.offer),
            "score": one.score.score,
            "points": against_before(_difference(one, assignment)),
            "move": None
            if one.move is None
            else {
                "need": names.need(one.move.need),
                "before": names.supporting_school(one.move.offer),
                "after": names.supporting_school(one.move.to),
                "score_before": one.move.score_before,
                "score_after": one.move.score_after,
            },
        }
        for one in found
    ]


def _difference(option: Option, assignment: Any) -> int:
    """The scores with this option compared with those of the lost partner."""
    moved = 0 if option.move is None else option.move.score_after - option.move.score_before
    before: int = assignment.score
    return option.score.score - before + moved


@endpoint.post("/plans/{run_id:uuid}/needs/{need_id:uuid}/replacements", permission=Permission.MAKE_PLAN)
async def take_option(ctx: PageRequest, run_id: UUID, need_id: UUID) -> PageResult:
    """Take an option; newly asked schools are notified."""
    run = await get_run(ctx.session, ctx.person, Permission.MAKE_PLAN, run_id)
    await assignment_of(ctx.session, ctx.person.authority_id, run.id, need_id)
    key = (await ctx.submitted()).one("option")
    if not key:
        raise ValidationFailed({"option": ["Choose who should come instead from the list."]})
    option = await actions.take_option(ctx.session, ctx.person, run_id, need_id, key)
    said = "Both schools have been asked."
    if option.move is not None:
        said = "Everybody who is newly asked has been told, the school that was moved too."
    return Redirect(f"/plans/{run_id}", said)


routes = [show_options, take_option]
