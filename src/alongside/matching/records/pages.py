"""The pages of a plan's record: what changed since another plan, and the plan made again from what is kept."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import NotThere
from alongside.matching.engine.instance import restored
from alongside.matching.engine.result import Plan
from alongside.matching.engine.solving import run as solve
from alongside.matching.records.comparison import changed_facts, changed_places
from alongside.matching.runs.outcome import restored_outcome
from alongside.matching.runs.pages import words
from alongside.matching.runs.queries import places_of, record_of, run_to, runs_of
from alongside.web.answers import AfterCommit, Answer, Page
from alongside.web.gate import page
from alongside.web.typed import asked


@page.get("/plans/{run_id:uuid}/comparison", permission=Permission.SEE_PLAN)
async def compare_plans(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID
) -> Answer:
    """What changed from an earlier plan of the same scope, the one before unless another is asked for."""
    run = await run_to(session, person, Permission.SEE_PLAN, run_id)
    earlier, _ = await runs_of(session, person, 1, run.consortium_id)
    choices = [
        one
        for one in earlier
        if one.id != run.id and one.status is not None and one.consortium_id == run.consortium_id
    ]
    with_id = _asked_for(request) or run.starts_from_id or (choices[0].id if choices else None)
    if with_id is None:
        return Page("matching/records/nothing_to_compare.html", {"run": run, **words(person)})
    other = await run_to(session, person, Permission.SEE_PLAN, with_id)
    if other.consortium_id != run.consortium_id:
        raise NotThere
    before = await places_of(session, person.authority_id, other.id)
    after = await places_of(session, person.authority_id, run.id)
    context = {
        "run": run,
        "other": other,
        "choices": choices,
        "changes": changed_places(before, after),
        "other_score": sum(one.score or 0 for one in before),
        "run_score": sum(one.score or 0 for one in after),
        "facts": await _facts(session, person, other, run),
        **words(person),
    }
    return Page("matching/records/comparison.html", context)


async def _facts(session: AsyncSession, person: Person, before: Any, after: Any) -> list[str]:
    """What went into the two differently; nothing where one of them keeps no record."""
    try:
        kept = [
            restored((await record_of(session, person.authority_id, one.id)).inputs)
            for one in (before, after)
        ]
    except NotThere:
        return []
    return changed_facts(kept[0], kept[1])


def _asked_for(request: Request[Any, Any, Any]) -> UUID | None:
    text = asked(request).one("with")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotThere from error


@page.get("/plans/{run_id:uuid}/replay", permission=Permission.SEE_PLAN)
async def replay_plan(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID
) -> Answer:
    """The plan made again from the facts that are kept with it: the same pairs, or which ones differ."""
    run = await run_to(session, person, Permission.SEE_PLAN, run_id)
    context = {"run": run, **words(person)}
    try:
        kept = await record_of(session, person.authority_id, run.id)
    except NotThere:
        return Page("matching/records/replay.html", context | {"then": None, "now": None, "same": False})
    if kept.outcome is None:
        return Page("matching/records/replay.html", context | {"then": None, "now": None, "same": False})

    async def finish() -> Answer:
        then = restored_outcome(kept.outcome).plan
        now = (await solve(restored(kept.inputs))).plan
        shown = {"then": then, "now": now, "same": pairs_of(then) == pairs_of(now)}
        return Page("matching/records/replay.html", context | shown)

    return AfterCommit(finish, expensive=True)


def pairs_of(plan: Plan) -> set[tuple[UUID, UUID]]:
    """Which offer is for which need."""
    return {(pair.need, pair.offer) for pair in plan.pairs}


routes = [compare_plans, replay_plan]
