"""Decides whether a plan calculated after a decline is enough better to be offered."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.matching.engine.instance import Instance
from alongside.features.matching.engine.result import Outcome
from alongside.features.matching.plans.queries import assignments_of
from alongside.features.matching.plans.rows import PlanRow
from alongside.features.matching.replacement.options import current_pairs


async def worth_offering(session: AsyncSession, run: PlanRow, instance: Instance, outcome: Outcome) -> bool:
    """Check whether the plan beats the best replacement option by the authority's margin."""
    from alongside.features.matching.engine import replacement  # keeps numpy and HiGHS out of startup
    from alongside.features.matching.engine.objective import total
    from alongside.features.matching.engine.planning import Prepared, chosen_of

    if run.starts_from_id is None:
        return True
    assignments = await assignments_of(session, run.authority_id, run.starts_from_id)
    pairs = current_pairs(instance, assignments)
    if {(one.need, one.offer) for one in pairs} == {(one.need, one.offer) for one in outcome.plan.pairs}:
        return False
    prepared = Prepared(instance)
    at_once: int | None = total(prepared.programme, chosen_of(prepared, pairs))
    for assignment in assignments:
        if assignment.over and assignment.offer_id is not None and at_once is not None:
            found = replacement.options(prepared, pairs, assignment.need_id, assignment.offer_id, most=1)
            at_once = at_once + found[0].points if found else None
    return replacement.worth_offering(at_once, outcome.plan, instance.parameters)
