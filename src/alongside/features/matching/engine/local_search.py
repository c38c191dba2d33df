"""Finds the ways to serve one more need by moving at most one other pair, for the options after a decline."""

from dataclasses import dataclass

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
