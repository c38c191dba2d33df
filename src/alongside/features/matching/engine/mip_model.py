"""The assignment problem as a mixed-integer programme with whole coefficients.

    max   sum_i bonus(tier i) u_i + second · sum_i v_i + sum_ij worth_ij x_ij
    s.t.  sum_j x_ij = u_i + v_i            a first partner u, and a second v where one is wanted
          sum_i halfdays_i x_ij <= halfdays of offer j,   sum_i x_ij <= engagements of offer j
          sum of money of the pairs of a pool <= its budget
          x_ij = 1 for accepted and pinned pairs

If a need asks for one partner, u_i is the sum itself and its bonus is added to the pairs. Rows that cannot be
violated are left out. Source: reference on matching §3.1.
"""

from dataclasses import dataclass, fields, replace

import highspy
import numpy as np

from alongside.features.matching.engine.arrays import NO_KEY, Columns, Floats, Ints
from alongside.features.matching.engine.candidates import Candidates
from alongside.features.matching.engine.capacity import Capacity, Demand, demand_of, worth

PARTNERS, DAYS, ENGAGEMENTS, MONEY = range(4)
"""What a row can limit."""

INFINITE = float(highspy.kHighsInf)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a programme, each `lower <= sum <= upper`: entries by row, column and value.

    `limit` says what a row limits, `which` of them (the need, the offer or the pool), `divisor` what it was
    divided by.
    """

    row: Ints
    column: Ints
    value: Ints
    lower: Floats
    upper: Floats
    limit: Ints
    which: Ints
    divisor: Ints


@dataclass(frozen=True, slots=True)
class Programme:
    """The programme of an instance: columns for candidates, then u and v of needs that ask for two partners.

    `first` holds for each column the need whose first partner it represents, -1 for none. `worth` is what
    each candidate adds to the objective without the `bonus` of its need.
    """

    columns: Columns
    candidates: Candidates
    takes: Demand
    capacity: Capacity
    worth: Ints
    bonus: Ints
    objective: Ints
    first: Ints
    rows: Rows
    lower: Floats
    upper: Floats

    @property
    def pairs(self) -> int:
        """The number of candidates; the columns after them belong to needs that ask for two partners."""
        return len(self.candidates.need)

    @property
    def slots(self) -> bool:
        """Whether days and money are ignored, so that the plan is a flow."""
        return self.columns.instance.parameters.model == "slots"


def build(columns: Columns, candidates: Candidates) -> Programme:
    """Build the programme of these candidates."""
    costs = demand_of(columns, candidates)
    capacity = Capacity.of(columns, candidates, costs)
    parameters = columns.instance.parameters
    bonus = np.array(parameters.bonus, dtype=np.int64)[columns.needs.tier - 1]
    bonus += parameters.short * columns.needs.short
    doubles = np.intersect1d(np.flatnonzero(capacity.partners > 1), candidates.need)
    single = ~np.isin(candidates.need, doubles)
    value = worth(columns.instance, candidates)
    whole_value = value + np.where(single, bonus[candidates.need], 0)
    seconds = np.full(len(doubles), parameters.second, dtype=np.int64)
    return Programme(
        columns=columns,
        candidates=candidates,
        takes=costs,
        capacity=capacity,
        worth=value,
        bonus=bonus,
        objective=np.concatenate((whole_value, bonus[doubles], seconds)),
        first=np.concatenate((np.where(single, candidates.need, -1), doubles, np.full(len(doubles), -1))),
        rows=_stacked(
            [
                _partners(candidates, capacity, doubles),
                *_offer_constraints(candidates, costs, capacity),
                _money(costs, capacity),
            ],
        ),
        lower=np.concatenate((candidates.fixed > 0, np.zeros(2 * len(doubles)))).astype(np.float64),
        upper=np.concatenate(
            (np.ones(len(candidates.need) + len(doubles)), capacity.partners[doubles] - 1.0)
        ),
    )


def _partners(candidates: Candidates, capacity: Capacity, doubles: Ints) -> Rows:
    """Rows that limit partners: one at most, or u + v, with v up to the number wanted beyond the first."""
    needs, row = np.unique(candidates.need, return_inverse=True)
    pairs = len(candidates.need)
    at = np.searchsorted(needs, doubles)
    u = pairs + np.arange(len(doubles))
    v = u + len(doubles)
    is_double = np.isin(needs, doubles)
    return Rows(
        row=np.concatenate((row, at, at)),
        column=np.concatenate((np.arange(pairs), u, v)),
        value=np.concatenate((np.ones(pairs, dtype=np.int64), -np.ones(2 * len(at), dtype=np.int64))),
        lower=np.where(is_double, 0.0, -INFINITE),
        upper=np.where(is_double, 0.0, 1.0),
        limit=np.full(len(needs), PARTNERS),
        which=needs,
        divisor=np.ones(len(needs), dtype=np.int64),
    )


def _offer_constraints(candidates: Candidates, costs: Demand, capacity: Capacity) -> list[Rows]:
    """Rows that limit the days and engagements of each offer."""
    pairs = np.arange(len(candidates.need))
    return [
        _at_most(DAYS, candidates.offer, pairs, costs.half_days, capacity.half_days),
        _at_most(
            ENGAGEMENTS, candidates.offer, pairs, np.ones(len(pairs), dtype=np.int64), capacity.engagements
        ),
    ]


def _money(costs: Demand, capacity: Capacity) -> Rows:
    paid = np.flatnonzero(costs.pool != NO_KEY)
    return _at_most(MONEY, costs.pool[paid], paid, costs.money[paid], capacity.money)


def _at_most(limit: int, group: Ints, column: Ints, value: Ints, most: Ints) -> Rows:
    """Rows that limit the sum of the values of each group; groups that cannot exceed the limit are left out.

    Each row is divided by the greatest common divisor of its values.
    """
    sums = np.bincount(group, value, minlength=len(most))
    tight = np.flatnonzero(sums > most)
    kept = np.isin(group, tight)
    row = np.searchsorted(tight, group[kept])
    divisors = np.zeros(len(tight), dtype=np.int64)
    np.gcd.at(divisors, row, value[kept])
    return Rows(
        row=row,
        column=column[kept],
        value=value[kept] // divisors[row],
        lower=np.full(len(tight), -INFINITE),
        upper=(most[tight] // divisors).astype(np.float64),
        limit=np.full(len(tight), limit),
        which=tight,
        divisor=divisors,
    )


def _stacked(parts: list[Rows]) -> Rows:
    """Stack several sets of rows."""
    offsets = np.cumsum([0] + [len(part.lower) for part in parts])
    shifted = [replace(part, row=part.row + offset) for part, offset in zip(parts, offsets, strict=False)]
    return Rows(
        **{of.name: np.concatenate([getattr(part, of.name) for part in shifted]) for of in fields(Rows)}
    )
