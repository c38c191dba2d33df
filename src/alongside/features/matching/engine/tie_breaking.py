"""Breaks ties: of offers that serve a need equally well, the least recently asked is chosen."""

import numpy as np

from alongside.features.matching.engine.arrays import Bools
from alongside.features.matching.engine.assignment_state import AssignmentState
from alongside.features.matching.engine.mip_model import Programme


def break_ties(programme: Programme, chosen: Bools) -> Bools:
    """Break all ties in a plan; coverage and objective stay the same.

    A pair moves to another offer of the same worth that has capacity and was asked longer ago, until none
    can.
    """
    state = AssignmentState(programme, chosen)
    changed = True
    while changed:
        changed = False
        for row in np.flatnonzero(state.chosen).tolist():
            if not state.fixed[row] and _moved(state, row):
                changed = True
    return state.chosen


def _moved(state: AssignmentState, row: int) -> bool:
    """Move this pair to the least recently asked offer of the same worth, if that is another one."""
    state.give_back(row)
    rank = {
        other: (state.asked[state.offer[other]], state.offer[other])
        for other in state.rows_of(state.need[row])
        if state.worth[other] == state.worth[row] and state.fits(other)
    }
    best = min(rank, key=lambda other: rank[other])
    state.take(best)
    return best != row
