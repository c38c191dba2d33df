"""Solving a plan again where something changed, with what is far from it left as it is.

The needs within one hop are free: those that an offer in question serves, those without anybody that it could
serve, and those that share most candidates with them. What comes out is a plan that can be had; it is the best
there is only when every need was free.
"""

import numpy as np

from alongside.features.matching.engine.arrays import Bools, Ints
from alongside.features.matching.engine.mip_model import Programme
from alongside.features.matching.engine.solver import Solved, Solver

WIDE = 40
"""As many needs as are free at most."""


def near(programme: Programme, chosen: Bools, need: int | None, offer: int) -> Ints:
    """The needs that are free when this offer, and this need, are in question."""
    candidates = programme.candidates
    held = candidates.need[chosen & (candidates.offer == offer)].tolist()
    first = set(held) | ({need} if need is not None else set())
    theirs = (
        np.unique(candidates.offer[np.isin(candidates.need, list(first))]) if first else np.array([offer])
    )
    shared = np.bincount(
        candidates.need[np.isin(candidates.offer, theirs)], minlength=len(programme.capacity.partners)
    )
    nobody = np.setdiff1d(candidates.need[candidates.offer == offer], candidates.need[chosen]).tolist()
    first |= set(nobody)
    closest = np.lexsort((np.arange(len(shared)), -shared))[: max(0, WIDE - len(first))]
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
    """Solve with these needs free and the pairs of all others kept; True when nothing had to be kept.

    `forced` is a candidate that must be in the plan, `least` sums of columns that must not fall below a number.
    """
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
