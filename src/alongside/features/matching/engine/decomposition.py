"""Improves a large plan part by part: solves a group of needs that share offers again, with all others fixed.

The largest authorities have more candidates than the solver can search as a whole in the available time. A
part of about sixty needs is solved in a tenth of a second, and the small gains add up.
"""

from time import monotonic

import numpy as np

from alongside.features.matching.engine.arrays import Bools, Ints
from alongside.features.matching.engine.local_resolve import again
from alongside.features.matching.engine.mip_model import Programme
from alongside.features.matching.engine.solver import total

NEEDS_IN_PART = 60
"""Needs in a part. Fewer gain less each, more take too long (40, 60 and 100 were measured)."""

SECONDS_FOR_PART = 0.4
"""Maximum seconds for one part."""

Least = list[tuple[Ints, int]]
"""Sets of columns, each with the least value of its sum."""


def in_parts(programme: Programme, chosen: Bools, seconds: float, *, least: Least) -> Bools:
    """Improve the plan by as many parts as time allows; the result is never worse.

    The seed of the instance determines the parts; every need is the centre of one part before any is again.
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
            solved, _ = again(programme, chosen, free, seconds=min(left, SECONDS_FOR_PART), least=least)
            if solved.values is not None:
                found = solved.values[: programme.pairs] > 0.5
                if total(programme, found) > best:
                    chosen, best = found, total(programme, found)


def _around(programme: Programme, need: int, chance: np.random.Generator) -> Ints:
    """A need, needs that share offers with it or with those, and random others, up to the size of a part."""
    candidates = programme.candidates
    free = np.array([need])
    while len(free) < NEEDS_IN_PART:
        theirs = np.unique(candidates.offer[np.isin(candidates.need, free)])
        shared = np.bincount(
            candidates.need[np.isin(candidates.offer, theirs)], minlength=len(programme.capacity.partners)
        )
        shared[free] = 0
        drawn = shared * chance.random(len(shared))
        nearest = np.argsort(-drawn, kind="stable")[: min(NEEDS_IN_PART // 4, NEEDS_IN_PART - len(free))]
        nearest = nearest[shared[nearest] > 0]
        if not nearest.size:
            break
        free = np.union1d(free, nearest)
    return free
