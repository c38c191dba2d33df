"""Local search: serves one more need by moving at most one other pair. Also used after a decline."""

from dataclasses import dataclass

import numpy as np

from alongside.features.matching.engine.assignment_state import AssignmentState


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """Choose `row`; if a pair must make way, it moves from row `away` to row `to`.

    `points` is the gain of the objective. Steps are ordered by gain, then those that move nothing, then by
    rows.
    """

    loss: int
    moves: int
    asked: int
    row: int
    away: int = -1
    to: int = -1

    @property
    def points(self) -> int:
        """The gain of the objective."""
        return -self.loss


def steps(state: AssignmentState, need: int, *, without: frozenset[int] = frozenset()) -> list[Step]:
    """All steps that give a need one more partner and move at most one pair that is not fixed, best first.

    `without` holds rows that must not be used. No need loses its only partner by a step.
    """
    asked = state.asked
    found = []
    for row in state.rows_of(need):
        if row in without or state.has(row):
            continue
        if state.fits(row):
            found.append(Step(-state.gain(row), 0, asked[state.offer[row]], row))
        else:
            found += _with_a_move(state, row, without)
    return sorted(found)


def take(state: AssignmentState, step: Step) -> None:
    """Apply a step to the plan."""
    if step.away >= 0:
        state.give_back(step.away)
    state.take(step.row)
    if step.to >= 0:
        state.take(step.to)


def polish(state: AssignmentState, passes: int = 4) -> None:
    """Improve the plan by steps that each move at most one other pair, while the objective grows.

    No need that has a partner loses it.
    """
    for _ in range(passes):
        before = state.objective
        serve_more(state)
        for row in np.flatnonzero(state.chosen).tolist():
            if not state.fixed[row] and state.has(row):
                _serve_better(state, row)
        if state.objective == before:
            return


def _serve_better(state: AssignmentState, row: int) -> None:
    """Replace this pair by the need's partner with the largest gain, if one gains more."""
    state.give_back(row)
    gain = state.gain(row)
    best = next(iter(steps(state, state.need[row])), None)
    if best is not None and best.points > gain:
        take(state, best)
    else:
        state.take(row)


def serve_more(state: AssignmentState) -> None:
    """Serve needs that one move can serve, higher tiers first, while the objective grows."""
    tiers = state.programme.columns.needs.tier.tolist()
    left = sorted((tier, need) for need, tier in enumerate(tiers) if not state.partners[need])
    for _, need in left:
        best = next(iter(steps(state, need)), None)
        if best is not None and best.points > 0:
            take(state, best)


def _with_a_move(state: AssignmentState, row: int, without: frozenset[int]) -> list[Step]:
    """The steps in which another pair of the same offer makes way for this candidate and moves elsewhere."""
    offer = state.offer[row]
    found = []
    for away in sorted(state.holders[offer]):
        moved = state.need[away]
        if state.fixed[away] or moved == state.need[row]:
            continue
        state.give_back(away)
        lost = state.gain(away)
        if state.fits(row):
            gained = state.gain(row)
            state.take(row)
            for to in state.rows_of(moved):
                if to != away and to not in without and state.offer[to] != offer and state.fits(to):
                    loss = lost - gained - state.gain(to)
                    found.append(Step(loss, 1, state.asked[state.offer[to]], row, away, to))
            state.give_back(row)
        state.take(away)
    return found
