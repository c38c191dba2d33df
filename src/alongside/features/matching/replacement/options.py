"""The options to replace a partner at once, from current data; each moves one other pair at most."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.matching.engine.instance import Instance
from alongside.features.matching.engine.result import Option, Pair
from alongside.features.matching.engine.score import Score
from alongside.features.matching.engine.validation import InfeasibleProblem
from alongside.features.matching.plans.rows import AssignmentRow, PlanRow
from alongside.features.matching.problem_input.builder import build_instance, half_days
from alongside.platform.access.principal import Principal

GONE = "This option is no longer available. Reload the page and choose another one."


async def options_now(
    session: AsyncSession,
    person: Principal,
    run: PlanRow,
    assignments: Sequence[AssignmentRow],
    assignment: AssignmentRow,
) -> tuple[Instance, list[Option]]:
    """The current instance and the replacement options, best first; the list may be empty."""
    from alongside.features.matching.engine.planning import Prepared
    from alongside.features.matching.engine.replacement import options  # keeps numpy and HiGHS out of startup

    instance = await build_instance(
        session, person.authority_id, person.today, run.consortium_id, run.id, seed=run.seed
    )
    assert assignment.offer_id is not None
    try:
        pairs = current_pairs(instance, assignments)
        found = options(Prepared(instance), pairs, assignment.need_id, assignment.offer_id)
    except InfeasibleProblem:
        found = ()
    return instance, list(found)


def current_pairs(instance: Instance, assignments: Sequence[AssignmentRow]) -> tuple[Pair, ...]:
    """The pairs of a plan that are still valid and take part."""
    needs, offers = {one.id for one in instance.needs}, {one.id for one in instance.offers}
    return tuple(
        Pair(
            need=one.need_id,
            offer=one.offer_id,
            score=score_of(one),
            half_days=half_days(one.days),
            pence=one.pence or 0,
        )
        for one in assignments
        if one.offer_id is not None
        and one.days is not None
        and one.offer_id in offers
        and one.need_id in needs
        and not one.over
    )


def score_of(assignment: AssignmentRow) -> Score:
    """The score stored with an assignment."""
    kept = assignment.match_score
    if kept is None:
        return Score(score=0, parts={}, points={})
    return Score(score=kept.score, parts=kept.parts, points=kept.points, missing=kept.missing)


def chosen_option(found: Sequence[Option], key: str) -> Option:
    """The option with this key. Raises ActionRefused when it is no longer available."""
    for one in found:
        if key_of(one) == key:
            return one
    raise ActionRefused(GONE)


def key_of(option: Option) -> str:
    """The form value of an option: the offer, and if a pair moves, its need and its new offer."""
    parts: list[UUID] = [option.offer]
    if option.move is not None:
        parts += [option.move.need, option.move.to]
    return "_".join(str(one) for one in parts)
