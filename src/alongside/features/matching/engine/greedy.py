"""Plans without the solver: the fallback, and two baselines for comparison.

best_first: tier by tier, the best pair that still fits. first_come: in order of posting, the best offer that
is left, as it is done without a plan. guided: the pairs of a relaxation first.
"""

import numpy as np

from alongside.features.matching.engine.arrays import Bools, Floats
from alongside.features.matching.engine.assignment_state import AssignmentState
from alongside.features.matching.engine.mip_model import Programme


def best_first(programme: Programme) -> Bools:
    """Choose fixed pairs, then first partners by tier, then second partners."""
    return _filled(programme, np.zeros(programme.pairs))


def guided(programme: Programme, weights: Floats) -> Bools:
    """Choose fixed pairs, then those with the largest weight, then as `best_first`."""
    return _filled(programme, weights)


def first_come(programme: Programme) -> Bools:
    """Give each need, in order of posting, the best offer that is left, whatever the tier."""
    columns, candidates = programme.columns, programme.candidates
    waiting = np.array(
        [need.waiting_since.toordinal() if need.waiting_since else 0 for need in columns.instance.needs],
        dtype=np.int64,
    )
    asked = columns.offers.asked[candidates.offer]
    keys = (candidates.offer, asked, -candidates.scored.score, candidates.need, waiting[candidates.need])
    state = AssignmentState(programme)
    state.fill(np.lexsort(keys).tolist())
    return state.chosen


def _filled(programme: Programme, weights: Floats) -> Bools:
    columns, candidates = programme.columns, programme.candidates
    tier = columns.needs.tier[candidates.need]
    asked = columns.offers.asked[candidates.offer]
    state = AssignmentState(programme)
    keys = (candidates.offer, candidates.need, asked, -programme.worth, tier, -np.round(weights, 3))
    state.fill(np.lexsort(keys).tolist())
    return state.chosen
