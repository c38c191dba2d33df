"""Solves in strict steps: as many needs of tier 1 as possible, then tier 2, tier 3, then the best score.

A linear relaxation often proves a step in milliseconds: if the number served reaches its bound, no plan
serves more. Otherwise the step is solved by itself. Its result is a constraint of the later steps.
"""

from dataclasses import dataclass, field
from math import floor
from time import monotonic

import numpy as np

from alongside.features.matching.engine.arrays import Bools, Ints
from alongside.features.matching.engine.assignment_state import AssignmentState
from alongside.features.matching.engine.decomposition import in_parts
from alongside.features.matching.engine.local_search import polish
from alongside.features.matching.engine.mip_model import Programme
from alongside.features.matching.engine.result import Coverage
from alongside.features.matching.engine.solver import Solved, Solver, total, whole

ALMOST = 1e-6
TIERS = (1, 2, 3)
STEP_TIME_SHARE = 0.6
"""The largest share of the remaining time for one step, so that time is left for the last."""
NEARBY_SEARCH_TIME_SHARE = 0.15
"""The same for a search near the relaxation, which finds a good plan early or not at all."""
DECOMPOSITION_TIME_SHARES = (0.35, 0.7)
"""The same for decomposition of a large plan: before the steps, and between them and the last search."""
LARGE = 4_500
"""From this many candidates a plan is improved in parts, as solving the whole takes too long."""


@dataclass(slots=True)
class Answer:
    """The best plan: chosen candidates, needs served by tier, and how good it is known to be."""

    chosen: Bools
    coverage: list[Coverage] = field(default_factory=list)
    bound: float = np.inf
    optimal: bool = False


@dataclass(slots=True)
class _Search:
    """The state of the search: the best plan so far, the added constraints, and the deadline."""

    programme: Programme
    best: Bools
    until: float
    stages: list[tuple[Ints, int, bool]] = field(default_factory=list)
    bound: float = np.inf

    @property
    def left(self) -> float:
        """Remaining seconds."""
        return self.until - monotonic()

    def solver(self, *, integer: bool) -> Solver:
        """A solver with the constraints that earlier steps have proven."""
        solver = Solver(self.programme, integer=integer)
        for columns, served, proven in self.stages:
            solver.at_least(columns, served, proven=proven)
        return solver

    @property
    def is_bound(self) -> bool:
        """Check whether all but the last step are proven, so that the bound holds for every plan."""
        return all(proven for _, _, proven in self.stages[:-1])

    def keep(self, solved: Solved) -> None:
        """Store a plan if one was found, improved by single moves."""
        if solved.values is not None:
            state = AssignmentState(self.programme, solved.values[: self.programme.pairs] > 0.5)
            polish(state)
            self.best = state.chosen


def solve(programme: Programme, seconds: float, start: Bools) -> Answer:
    """Find the best plan within these seconds, starting from a feasible one."""
    search = _Search(programme, start, monotonic() + seconds)
    _improve(search)
    _by_parts(search, DECOMPOSITION_TIME_SHARES[0])
    coverage = [_objective(search, tier) for tier in TIERS]
    _by_parts(search, DECOMPOSITION_TIME_SHARES[1])
    solver = search.solver(integer=True)
    solver.start_from(search.best)
    last = solver.solve(search.left)
    if last.status == "optimal" and last.values is not None:
        search.best = last.values[: programme.pairs] > 0.5
    elif last.values is not None and programme.objective @ last.values > total(programme, search.best):
        search.keep(last)
    proven = all(stage.proven for stage in coverage)
    bound = max(
        min(search.bound, last.bound if search.is_bound else np.inf), float(total(programme, search.best))
    )
    return Answer(search.best, coverage, bound, proven and last.status == "optimal")


def served_by(programme: Programme, chosen: Bools, tier: int) -> int:
    """How many needs of a tier have a partner in this plan."""
    columns = firsts(programme, tier)
    return int(np.rint(whole(programme, chosen)[columns].sum()))


def firsts(programme: Programme, tier: int) -> Ints:
    """The columns whose sum is the number of needs of this tier with a partner."""
    tiers = programme.columns.needs.tier[np.maximum(programme.first, 0)]
    return np.flatnonzero((programme.first >= 0) & (tiers == tier))


def _objective(search: _Search, tier: int) -> Coverage:
    """Maximise the needs served in a tier, add that as a constraint, and say whether it is proven."""
    programme = search.programme
    columns = firsts(programme, tier)
    number = int((programme.columns.needs.tier == tier).sum())
    objective = np.zeros(len(programme.objective), dtype=np.int64)
    objective[columns] = 1
    relaxed = search.solver(integer=False)
    relaxed.maximise(objective)
    at_most = min(number, _floor(relaxed.solve(search.left).bound, number))
    served = served_by(programme, search.best, tier)
    if served < at_most:
        solver = search.solver(integer=True)
        solver.maximise(objective)
        solver.start_from(search.best)
        solved = solver.solve(search.left * STEP_TIME_SHARE)
        if solved.values is not None and solved.values[columns].sum() > served + ALMOST:
            search.keep(solved)
            served = served_by(programme, search.best, tier)
        at_most = max(served, min(at_most, _floor(solved.bound, number)))
        search.stages.append((columns, served, served == at_most))
        _improve(search)
    else:
        search.stages.append((columns, served, True))
    return Coverage(tier=tier, needs=number, served=served, at_most=at_most, proven=served == at_most)


def _improve(search: _Search) -> None:
    """Search for a better plan with the integral values of the relaxation fixed.

    Also lowers the bound to that of the relaxation.
    """
    programme = search.programme
    relaxed = search.solver(integer=False).solve(search.left)
    if search.is_bound:
        search.bound = min(search.bound, relaxed.bound)
    if relaxed.values is None:
        return
    solver = search.solver(integer=True)
    for column in np.flatnonzero(relaxed.values[: programme.pairs] > 1 - ALMOST).tolist():
        solver.bound(column, 1.0, 1.0)
    solved = solver.solve(search.left * NEARBY_SEARCH_TIME_SHARE)
    if solved.values is not None:
        found = solved.values[: programme.pairs] > 0.5
        if total(programme, found) > total(programme, search.best):
            search.best = found


def _by_parts(search: _Search, share: float) -> None:
    """Improve a large plan in parts for a share of the remaining time, unless it is already optimal."""
    if search.programme.pairs >= LARGE and total(search.programme, search.best) < search.bound - ALMOST:
        least = [(columns, served) for columns, served, _ in search.stages]
        search.best = in_parts(search.programme, search.best, search.left * share, least=least)


def _floor(bound: float, otherwise: int) -> int:
    """The largest whole number that a count can reach under this bound."""
    return floor(bound + ALMOST) if np.isfinite(bound) else otherwise
