"""Plans without a solver: the named fallback, and the two that we compare with.

best_first: tier by tier the best pair that still fits. first_come: whoever posted first takes the best that
is still there, as it is done without a plan. polished: the first, made better by single moves.
"""

import numpy as np

from alongside.features.matching.engine.arrays import Bools
from alongside.features.matching.engine.assignment_state import AssignmentState
from alongside.features.matching.engine.local_search import polish
from alongside.features.matching.engine.mip_model import Programme


def best_first(programme: Programme) -> Bools:
    """Which candidates are in the plan: what is fixed, then first partners by tier, then second ones."""
    return _best_first(programme).chosen


def polished(programme: Programme) -> Bools:
    """The same, and then whatever moving one other pair makes better."""
    standing = _best_first(programme)
    polish(standing)
    return standing.chosen


def first_come(programme: Programme) -> Bools:
    """Whoever posted first takes the best that is left, whatever the tier."""
    columns, candidates = programme.columns, programme.candidates
    waiting = np.array(
        [need.waiting_since.toordinal() if need.waiting_since else 0 for need in columns.instance.needs],
        dtype=np.int64,
    )
    asked = columns.offers.asked[candidates.offer]
    keys = (candidates.offer, asked, -candidates.scored.score, candidates.need, waiting[candidates.need])
    standing = AssignmentState(programme)
    standing.fill(np.lexsort(keys).tolist())
    return standing.chosen


def _best_first(programme: Programme) -> AssignmentState:
    columns, candidates = programme.columns, programme.candidates
    tier = columns.needs.tier[candidates.need]
    asked = columns.offers.asked[candidates.offer]
    standing = AssignmentState(programme)
    keys = (candidates.offer, candidates.need, asked, -programme.worth, tier)
    standing.fill(np.lexsort(keys).tolist())
    return standing
