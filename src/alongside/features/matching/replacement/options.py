"""The ways to mend a plan at once, from the facts of this moment: at most one other pair is moved."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.matching.engine.instance import Instance
from alongside.features.matching.engine.result import Option, Pair
from alongside.features.matching.engine.score import Score
from alongside.features.matching.engine.validation import InfeasibleProblem
from alongside.features.matching.plans.labels import is_over
from alongside.features.matching.problem_input.builder import build_instance, half_days
from alongside.platform.access.principal import Principal

GONE = "This way is no longer open: somebody was faster. Look at the ways that there are now."


async def options_now(
    session: AsyncSession, person: Principal, run: Any, assignments: Sequence[Any], assignment: Any
) -> tuple[Instance, list[Option]]:
    """The facts as they are and the best ways to give a need another partner, best first; none is an answer too."""
    from alongside.features.matching.engine.planning import Prepared
    from alongside.features.matching.engine.replacement import options  # numpy and HiGHS: not at every start

    instance = await build_instance(
        session, person.authority_id, person.today, run.consortium_id, run.id, seed=run.seed
    )
    try:
        pairs = current_pairs(instance, assignments)
        found = options(Prepared(instance), pairs, assignment.need_id, assignment.offer_id)
    except InfeasibleProblem:
        found = ()
    return instance, list(found)


def current_pairs(instance: Instance, assignments: Sequence[Any]) -> tuple[Pair, ...]:
    """The pairs of a plan that still hold and still take part."""
    needs, offers = {one.id for one in instance.needs}, {one.id for one in instance.offers}
    return tuple(
        Pair(
            need=one.need_id,
            offer=one.offer_id,
            score=score_of(one.parts),
            half_days=half_days(one.days),
            pence=one.pence or 0,
        )
        for one in assignments
        if one.offer_id in offers and one.need_id in needs and not is_over(one)
    )


def score_of(parts: Any) -> Score:
    """A score as it was kept with a place."""
    kept = {name: parts[name] for name in ("score", "parts", "points", "missing") if name in parts}
    return msgspec.convert(kept, Score) if "score" in kept else Score(score=0, parts={}, points={})


def chosen_option(found: Sequence[Option], key: str) -> Option:
    """The option of this key. Raises Refused when it is not among them any more."""
    for one in found:
        if key_of(one) == key:
            return one
    raise ActionRefused(GONE)


def key_of(option: Option) -> str:
    """How a form names an option: the offer, and where somebody moves, who and whither."""
    parts: list[UUID] = [option.offer]
    if option.move is not None:
        parts += [option.move.need, option.move.to]
    return "_".join(str(one) for one in parts)
