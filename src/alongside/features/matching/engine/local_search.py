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


def steps(standing: AssignmentState, need: int, *, without: frozenset[int] = frozenset()) -> list[Step]:
    """All steps that give a need one more partner and move at most one pair that is not fixed, best first.

    `without` holds rows that must not be used. No need loses its only partner by a step.
    """
    asked = standing.asked
    found = []
    for row in standing.rows_of(need):
        if row in without or standing.has(row):
            continue
        if standing.fits(row):
            found.append(Step(-standing.gain(row), 0, asked[standing.offer[row]], row))
        else:
            found += _with_a_move(standing, row, without)
    return sorted(found)


def take(standing: AssignmentState, step: Step) -> None:
    """Apply a step to the plan."""
    if step.away >= 0:
        standing.give_back(step.away)
    standing.take(step.row)
    if step.to >= 0:
        standing.take(step.to)


def polish(standing: AssignmentState, passes: int = 4) -> None:
    """Improve the plan by steps that each move at most one other pair, while the objective grows.

    No need that has a partner loses it.
    """
    for _ in range(passes):
        before = standing.objective
        serve_more(standing)
        for row in np.flatnonzero(standing.chosen).tolist():
            if not standing.fixed[row] and standing.has(row):
                _serve_better(standing, row)
        if standing.objective == before:
            return


def _serve_better(standing: AssignmentState, row: int) -> None:
    """Replace this pair by the need's partner with the largest gain, if one gains more."""
    standing.give_back(row)
    gain = standing.gain(row)
    best = next(iter(steps(standing, standing.need[row])), None)
    if best is not None and best.points > gain:
        take(standing, best)
    else:
        standing.take(row)


def serve_more(standing: AssignmentState) -> None:
    """Serve needs that one move can serve, higher tiers first, while the objective grows."""
    tiers = standing.programme.columns.needs.tier.tolist()
    left = sorted((tier, need) for need, tier in enumerate(tiers) if not standing.partners[need])
    for _, need in left:
        best = next(iter(steps(standing, need)), None)
        if best is not None and best.points > 0:
            take(standing, best)


def _with_a_move(standing: AssignmentState, row: int, without: frozenset[int]) -> list[Step]:
    """The steps in which another pair of the same offer makes way for this candidate and moves elsewhere."""
    offer = standing.offer[row]
    found = []
    for away in sorted(standing.holders[offer]):
        moved = standing.need[away]
        if standing.fixed[away] or moved == standing.need[row]:
            continue
        standing.give_back(away)
        lost = standing.gain(away)
        if standing.fits(row):
            gained = standing.gain(row)
            standing.take(row)
            for to in standing.rows_of(moved):
                if to != away and to not in without and standing.offer[to] != offer and standing.fits(to):
                    loss = lost - gained - standing.gain(to)
                    found.append(Step(loss, 1, standing.asked[standing.offer[to]], row, away, to))
            standing.give_back(row)
        standing.take(away)
    return found
