"""The working state of a plan: which candidates are chosen and how much capacity is left."""

from collections.abc import Iterable

import numpy as np

from alongside.features.matching.engine.arrays import NO_KEY, Bools
from alongside.features.matching.engine.mip_model import Programme


class AssignmentState:
    """The chosen candidates of a programme and the remaining capacity; rows are candidate rows."""

    def __init__(self, programme: Programme, chosen: Bools | None = None) -> None:
        candidates, takes, capacity = programme.candidates, programme.takes, programme.capacity
        self.programme = programme
        self.need: list[int] = candidates.need.tolist()
        self.offer: list[int] = candidates.offer.tolist()
        self.fixed: list[int] = candidates.fixed.tolist()
        self.worth: list[int] = programme.worth.tolist()
        self.asked: list[int] = programme.columns.offers.asked.tolist()
        self._half_days: list[int] = takes.half_days.tolist()
        self._money: list[int] = takes.money.tolist()
        self._pool: list[int] = takes.pool.tolist()
        self._days_left: list[int] = capacity.half_days.tolist()
        self._engagements_left: list[int] = capacity.engagements.tolist()
        self._money_left: list[int] = capacity.money.tolist()
        self._partners_left: list[int] = capacity.partners.tolist()
        self._bonus: list[int] = programme.bonus.tolist()
        self._second = programme.columns.instance.parameters.second
        self.objective = 0
        self.partners = [0] * len(self._partners_left)
        self.holders: list[set[int]] = [set() for _ in self._days_left]
        self._first_row: list[int] = np.searchsorted(
            candidates.need, np.arange(len(self.partners) + 1)
        ).tolist()
        for row in np.flatnonzero(candidates.fixed if chosen is None else chosen).tolist():
            self.take(row)

    @property
    def chosen(self) -> Bools:
        """A mask of the chosen candidates."""
        chosen = np.zeros(len(self.need), dtype=np.bool_)
        chosen[[row for rows in self.holders for row in rows]] = True
        return chosen

    def rows_of(self, need: int) -> range:
        """The candidates of a need."""
        return range(self._first_row[need], self._first_row[need + 1])

    def has(self, row: int) -> bool:
        """Check whether this candidate is chosen."""
        return row in self.holders[self.offer[row]]

    def fits(self, row: int) -> bool:
        """Check whether this candidate is not chosen and fits the remaining capacity."""
        pool = self._pool[row]
        return (
            self.has_capacity(row)
            and (pool == NO_KEY or self._money_left[pool] >= self._money[row])
            and self._partners_left[self.need[row]] > 0
            and row not in self.holders[self.offer[row]]
        )

    def has_capacity(self, row: int) -> bool:
        """Check whether the offer of this candidate has an engagement and enough days left."""
        offer = self.offer[row]
        return self._engagements_left[offer] > 0 and self._days_left[offer] >= self._half_days[row]

    def gain(self, row: int) -> int:
        """What choosing this candidate adds to the objective now."""
        need = self.need[row]
        return self.worth[row] + (self._second if self.partners[need] else self._bonus[need])

    def take(self, row: int) -> None:
        """Add a candidate to the plan."""
        self.objective += self.gain(row)
        self._change(row, 1)
        self.holders[self.offer[row]].add(row)

    def give_back(self, row: int) -> None:
        """Remove a candidate from the plan."""
        self._change(row, -1)
        self.objective -= self.gain(row)
        self.holders[self.offer[row]].remove(row)

    def fill(self, rows: Iterable[int]) -> None:
        """Choose candidates in this order while they fit: every need's first partner before any second."""
        order = list(rows)
        for most in (0, 1):
            for row in order:
                if self.partners[self.need[row]] <= most and self.fits(row):
                    self.take(row)

    def _change(self, row: int, by: int) -> None:
        need, offer, pool = self.need[row], self.offer[row], self._pool[row]
        self.partners[need] += by
        self._partners_left[need] -= by
        self._engagements_left[offer] -= by
        self._days_left[offer] -= by * self._half_days[row]
        if pool != NO_KEY:
            self._money_left[pool] -= by * self._money[row]
