"""Capacity and demand: days and engagements of offers, money of pools, partners that needs ask for."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from alongside.features.matching.engine.arrays import NO_KEY, Columns, Ints
from alongside.features.matching.engine.candidates import ACCEPTED, Candidates
from alongside.features.matching.engine.instance import Instance

NO_LIMIT = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, slots=True)
class Demand:
    """What each candidate uses: half days, money, and the pool that pays.

    Money is in half pence, so that the price of half a day is a whole number.
    """

    half_days: Ints
    money: Ints
    pool: Ints


def demand_of(columns: Columns, candidates: Candidates) -> Demand:
    """The demand of each candidate on its offer and pool; the `slots` model uses no days or money."""
    half_days = columns.needs.half_days[candidates.need]
    pool = columns.needs.pool[candidates.need]
    if columns.instance.parameters.model == "slots":
        return Demand(np.zeros_like(half_days), np.zeros_like(half_days), np.full_like(pool, NO_KEY))
    return Demand(half_days, half_days * columns.offers.pence[candidates.offer], pool)


@dataclass(slots=True)
class Capacity:
    """Remaining half days and engagements by offer, money by pool (half pence), partners by need."""

    half_days: Ints
    engagements: Ints
    money: Ints
    partners: Ints

    @classmethod
    def of(cls, columns: Columns, candidates: Candidates, takes: Demand) -> Self:
        """The whole capacity. Accepted pairs always fit, even if the offer now has less left."""
        kept = candidates.fixed == ACCEPTED
        offers, needs = len(columns.offers.school), len(columns.needs.school)
        at, pools = candidates.offer[kept], takes.pool[kept]
        days = columns.offers.half_days
        if columns.instance.parameters.model == "slots":
            days = np.full(offers, NO_LIMIT)
        money = np.array([2 * budget.pence for budget in columns.instance.budgets], dtype=np.int64)
        paid = pools != NO_KEY
        spent = np.bincount(pools[paid], takes.money[kept][paid], minlength=len(money)).astype(np.int64)
        return cls(
            half_days=np.maximum(
                days, np.bincount(at, takes.half_days[kept], minlength=offers).astype(np.int64)
            ),
            engagements=np.maximum(columns.offers.engagements, np.bincount(at, minlength=offers)),
            money=np.maximum(money, spent),
            partners=np.maximum(columns.needs.partners, np.bincount(candidates.need[kept], minlength=needs)),
        )


def worth(instance: Instance, candidates: Candidates) -> Ints:
    """The objective coefficient of each candidate without the bonus.

    It raises the lowest scores and favours planned pairs.
    """
    score = candidates.scored.score
    short = 1000 - score
    return 1000 - short * short // 1000 + instance.parameters.stickiness * candidates.planned
