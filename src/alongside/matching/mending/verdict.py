"""Whether a plan that was worked out after a decline is worth telling anybody."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.matching.engine.instance import Instance
from alongside.matching.engine.result import Outcome
from alongside.matching.mending.options import standing_pairs
from alongside.matching.runs.queries import places_of
from alongside.matching.runs.wording import is_over


async def worth_offering(session: AsyncSession, run: Any, instance: Instance, outcome: Outcome) -> bool:
    """Whether it beats, by the authority's margin, what those who lead can do at once with the plan that stands."""
    from alongside.matching.engine import mending  # numpy and HiGHS: not at every start
    from alongside.matching.engine.planning import Prepared, chosen_of
    from alongside.matching.engine.solver import total

    if run.starts_from_id is None:
        return True
    places = await places_of(session, run.authority_id, run.starts_from_id)
    pairs = standing_pairs(instance, places)
    if {(one.need, one.offer) for one in pairs} == {(one.need, one.offer) for one in outcome.plan.pairs}:
        return False
    prepared = Prepared(instance)
    at_once: int | None = total(prepared.programme, chosen_of(prepared, pairs))
    for place in places:
        if is_over(place) and at_once is not None:
            found = mending.options(prepared, pairs, place.need_id, place.offer_id, most=1)
            at_once = at_once + found[0].points if found else None
    return mending.worth_offering(at_once, outcome.plan, instance.parameters)
