"""Solves in strict steps: as many needs of tier 1 as possible, then tier 2, tier 3, then the best score.

The relaxation in bundles bounds what each tier can reach, and nearly always one plan reaches all of these
bounds, which proves them. Only if none does, each tier is solved by itself.
"""

from dataclasses import dataclass, field
from math import floor
from time import monotonic

import numpy as np

from alongside.features.matching.engine import greedy
from alongside.features.matching.engine.arrays import Bools, Ints
from alongside.features.matching.engine.column_generation import ALMOST, Master
from alongside.features.matching.engine.mip_model import INFINITE, Programme
from alongside.features.matching.engine.objective import TIERS, firsts, served_by, total
from alongside.features.matching.engine.result import Coverage

STEP_TIME_SHARE = 0.6
"""The largest share of the remaining time for one step, so that time is left for the last."""
COUNTED = (0.0, 1.0)
"""Distances from the relaxation (`Master.solve`) when the objective counts needs."""


@dataclass(slots=True)
class Answer:
    """The best plan: chosen candidates, needs served by tier, and how good it is known to be."""

    chosen: Bools
    coverage: list[Coverage] = field(default_factory=list)
    bound: float = np.inf
    optimal: bool = False


def solve(programme: Programme, seconds: float, start: Bools) -> Answer:
    """Find the best plan within these seconds, starting from a feasible one."""
    if not programme.pairs:
        return _answer(programme, start, [0] * len(TIERS), 0.0, 0.0)
    until = monotonic() + seconds
    master = Master(programme, start)
    bound = master.relax(programme.objective, _share(until)).bound
    at_most = [_require_bound(master, programme, tier, until) for tier in TIERS]
    relaxed = master.relax(programme.objective, _share(until))
    best = max(start, greedy.guided(programme, master.weights()), key=lambda chosen: _rank(programme, chosen))
    last = master.solve(relaxed, _share(until))
    if last.chosen is None:
        best, at_most = _tier_by_tier(master, programme, best, until)
        last = master.solve(master.relax(programme.objective, until), until)
    if last.chosen is not None:
        best = last.chosen
    return _answer(programme, best, at_most, bound, last.bound)


def _answer(programme: Programme, best: Bools, at_most: list[int], bound: float, last: float) -> Answer:
    """The answer with what is proven: the last bound holds for every plan only if all tiers are proven."""
    numbers = np.bincount(programme.columns.needs.tier, minlength=len(TIERS) + 1).tolist()
    served = [served_by(programme, best, tier) for tier in TIERS]
    coverage = [
        Coverage(tier=tier, needs=numbers[tier], served=met, at_most=max(most, met), proven=met >= most)
        for tier, met, most in zip(TIERS, served, at_most, strict=True)
    ]
    proven = all(tier.proven for tier in coverage)
    points = total(programme, best)
    bound = max(min(bound, last) if proven else bound, float(points))
    return Answer(best, coverage, bound, proven and bound - points < 1 - ALMOST)


def _rank(programme: Programme, chosen: Bools) -> tuple[int, ...]:
    """The needs served of each tier, then the objective."""
    return *(served_by(programme, chosen, tier) for tier in TIERS), total(programme, chosen)


def _require_bound(master: Master, programme: Programme, tier: int, until: float) -> int:
    """Require of a tier what its relaxation reaches. Returns the most that any plan can reach."""
    relaxed = master.relax(_counted(programme, tier), _share(until))
    most = _whole(relaxed.bound, programme, tier)
    if np.isfinite(relaxed.value):
        master.require(tier, min(most, floor(relaxed.value + ALMOST)), most)
    return most


def _tier_by_tier(master: Master, programme: Programme, best: Bools, until: float) -> tuple[Bools, list[int]]:
    """Solve for the needs served of each tier. Returns the plan, and the most that any plan can reach."""
    at_most = []
    for tier in TIERS:
        master.require(tier, 0, INFINITE)
    for tier in TIERS:
        relaxed = master.relax(_counted(programme, tier), _share(until))
        found = master.solve(relaxed, _share(until), COUNTED)
        if found.chosen is not None:
            best = max(best, found.chosen, key=lambda chosen: served_by(programme, chosen, tier))
        served = served_by(programme, best, tier)
        at_most.append(max(served, _whole(found.bound, programme, tier)))
        master.require(tier, served, at_most[-1])
    return best, at_most


def _counted(programme: Programme, tier: int) -> Ints:
    """The objective that counts the needs served of a tier."""
    objective = np.zeros(len(programme.objective), dtype=np.int64)
    objective[firsts(programme, tier)] = 1
    return objective


def _whole(bound: float, programme: Programme, tier: int) -> int:
    """The most needs of a tier that can be served under this bound."""
    number = int((programme.columns.needs.tier == tier).sum())
    return min(number, floor(bound + ALMOST)) if np.isfinite(bound) else number


def _share(until: float) -> float:
    """The moment at which a step must end, so that time is left for the next."""
    return monotonic() + (until - monotonic()) * STEP_TIME_SHARE
