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
    standing = AssignmentState(programme, chosen)
    changed = True
    while changed:
        changed = False
        for row in np.flatnonzero(standing.chosen).tolist():
            if not standing.fixed[row] and _moved(standing, row):
                changed = True
    return standing.chosen


def _moved(standing: AssignmentState, row: int) -> bool:
    """Move this pair to the least recently asked offer of the same worth, if that is another one."""
    standing.give_back(row)
    rank = {
        other: (standing.asked[standing.offer[other]], standing.offer[other])
        for other in standing.rows_of(standing.need[row])
        if standing.worth[other] == standing.worth[row] and standing.fits(other)
    }
    best = min(rank, key=lambda other: rank[other])
    standing.take(best)
    return best != row
