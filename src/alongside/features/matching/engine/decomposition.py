"""A large plan made better part by part: some needs that share offers are solved anew, all others keep theirs.

The largest authorities have more candidates than the solver can look through as a whole in the time there is.
In parts of some sixty needs it finds the best in a tenth of a second, and many small gains are one large one.
"""

from time import monotonic

import numpy as np

from alongside.features.matching.engine.arrays import Bools, Ints
from alongside.features.matching.engine.local_resolve import again
from alongside.features.matching.engine.mip_model import Programme
from alongside.features.matching.engine.solver import total

WIDE = 60
"""Needs in a part: fewer gain less each, more take longer than they gain (40, 60 and 100 were tried)."""

LONGEST = 0.4
"""Seconds for one part at most."""

Least = list[tuple[Ints, int]]
"""Columns whose sum must not fall below a number."""


def in_parts(programme: Programme, chosen: Bools, seconds: float, *, least: Least) -> Bools:
    """The plan after as many parts as there is time for, never worse than it was.

    The parts are drawn by the seed of the instance; every need is the middle of one before any is again.
    """
    until = monotonic() + seconds
    best = total(programme, chosen)
    chance = np.random.default_rng(programme.columns.instance.parameters.seed)
    while True:
        for need in chance.permutation(np.unique(programme.candidates.need)).tolist():
            left = until - monotonic()
            if left <= 0:
                return chosen
            free = _around(programme, need, chance)
            solved, _ = again(programme, chosen, free, seconds=min(left, LONGEST), least=least)
            if solved.values is not None:
                found = solved.values[: programme.pairs] > 0.5
                if total(programme, found) > best:
                    chosen, best = found, total(programme, found)


def _around(programme: Programme, need: int, chance: np.random.Generator) -> Ints:
    """A need and those that share offers with it, and with those, some by chance, up to so many."""
    candidates = programme.candidates
    free = np.array([need])
    while len(free) < WIDE:
        theirs = np.unique(candidates.offer[np.isin(candidates.need, free)])
        shared = np.bincount(
            candidates.need[np.isin(candidates.offer, theirs)], minlength=len(programme.capacity.partners)
        )
        shared[free] = 0
        drawn = shared * chance.random(len(shared))
        nearest = np.argsort(-drawn, kind="stable")[: min(WIDE // 4, WIDE - len(free))]
        nearest = nearest[shared[nearest] > 0]
        if not nearest.size:
            break
        free = np.union1d(free, nearest)
    return free
