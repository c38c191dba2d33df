"""Serving one more need by moving one other pair at most: the step that mends a plan after a decline."""

from dataclasses import dataclass

import numpy as np

from alongside.features.matching.engine.assignment_state import AssignmentState


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """Take `row`; where something must make way, its pair goes from row `away` to row `to`.

    `points` is what the objective gains; steps are ordered best first, then the one that moves nobody, then by rows.
    """

    loss: int
    moves: int
    asked: int
    row: int
    away: int = -1
    to: int = -1

    @property
    def points(self) -> int:
        """What the objective gains."""
        return -self.loss


def steps(standing: AssignmentState, need: int, *, without: frozenset[int] = frozenset()) -> list[Step]:
    """Every way to give a need one more partner that moves at most one pair which is not fixed, best first.

    `without` are rows that are not to be used. A step whose needs all keep a partner loses none.
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
    """Change the plan so."""
    if step.away >= 0:
        standing.give_back(step.away)
    standing.take(step.row)
    if step.to >= 0:
        standing.take(step.to)


def polish(standing: AssignmentState, passes: int = 4) -> None:
    """Serve more and serve better by steps that each move one other pair at most, while the objective gains.

    No need that has a partner is left without one.
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
    """Give the need of this pair the partner that gains most, if one gains more."""
    standing.give_back(row)
    gain = standing.gain(row)
    best = next(iter(steps(standing, standing.need[row])), None)
    if best is not None and best.points > gain:
        take(standing, best)
    else:
        standing.take(row)


def serve_more(standing: AssignmentState) -> None:
    """Serve whom one move can serve, higher tiers first, as long as the objective gains."""
    tiers = standing.programme.columns.needs.tier.tolist()
    left = sorted((tier, need) for need, tier in enumerate(tiers) if not standing.partners[need])
    for _, need in left:
        best = next(iter(steps(standing, need)), None)
        if best is not None and best.points > 0:
            take(standing, best)


def _with_a_move(standing: AssignmentState, row: int, without: frozenset[int]) -> list[Step]:
    """The ways in which another pair of the same offer makes way for this candidate and goes elsewhere."""
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
