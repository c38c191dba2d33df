"""Solves a plan again around a change, with all distant pairs fixed.

The needs within one hop are free: those that the offer serves, those without a partner that it could serve,
and those that share most candidates with them. The result is feasible, and optimal only if every need was
free.
"""

import numpy as np

from alongside.features.matching.engine.arrays import Bools, Ints
from alongside.features.matching.engine.flow import best_flow
from alongside.features.matching.engine.mip_model import Programme
from alongside.features.matching.engine.objective import total, values_of
from alongside.features.matching.engine.solver import Solved, Solver

MAX_FREE_NEEDS = 40
"""The maximum number of free needs."""


def near(programme: Programme, chosen: Bools, need: int | None, offer: int) -> Ints:
    """The needs to free for a change of this offer and this need."""
    candidates = programme.candidates
    served = candidates.need[chosen & (candidates.offer == offer)].tolist()
    first = set(served) | ({need} if need is not None else set())
    theirs = (
        np.unique(candidates.offer[np.isin(candidates.need, list(first))]) if first else np.array([offer])
    )
    shared = np.bincount(
        candidates.need[np.isin(candidates.offer, theirs)], minlength=len(programme.capacity.partners)
    )
    nobody = np.setdiff1d(candidates.need[candidates.offer == offer], candidates.need[chosen]).tolist()
    first |= set(nobody)
    closest = np.lexsort((np.arange(len(shared)), -shared))[: max(0, MAX_FREE_NEEDS - len(first))]
    return np.union1d(closest[shared[closest] > 0], np.array(sorted(first), dtype=np.int64))


def again(
    programme: Programme,
    chosen: Bools,
    free: Ints,
    *,
    forced: int | None = None,
    seconds: float,
    least: list[tuple[Ints, int]] | None = None,
) -> tuple[Solved, bool]:
    """Solve with these needs free and all other pairs fixed. Also returns True when nothing had to be fixed.

    `forced` is a candidate that must be chosen, `least` holds sets of columns with the least value of their
    sum. The `slots` model is solved as a whole, which takes milliseconds and keeps the tiers by itself.
    """
    if programme.slots:
        best = best_flow(programme, forced)
        if best is None:
            return Solved(None, -np.inf, "impossible"), True
        return Solved(values_of(programme, best).astype(np.float64), total(programme, best), "optimal"), True
    candidates = programme.candidates
    solver = Solver(programme)
    kept = ~np.isin(candidates.need, free)
    lower, upper = programme.lower.copy(), programme.upper.copy()
    pairs = slice(0, programme.pairs)
    lower[pairs] = np.where(kept, chosen, lower[pairs])
    upper[pairs] = np.where(kept, chosen, upper[pairs])
    if forced is not None:
        lower[forced] = upper[forced] = 1.0
    solver.bounds(lower, upper)
    for columns, number in least or ():
        solver.at_least(columns, number)
    if forced is None:
        solver.start_from(chosen)
    return solver.solve(seconds), not kept.any()
