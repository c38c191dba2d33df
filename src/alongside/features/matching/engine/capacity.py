"""How much room there is: days and places of offers, money of pools, partners that needs want."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from alongside.features.matching.engine.arrays import NO_KEY, Columns, Ints
from alongside.features.matching.engine.candidates import ACCEPTED, Candidates
from alongside.features.matching.engine.instance import Instance

NO_LIMIT = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, slots=True)
class Demand:
    """What each candidate takes: half days, money in pence twice over (so that half a day's is whole), the pool."""

    half_days: Ints
    money: Ints
    pool: Ints


def demand_of(columns: Columns, candidates: Candidates) -> Demand:
    """What each candidate takes of its offer and of its need's pool; slots take no days and no money."""
    half_days = columns.needs.half_days[candidates.need]
    pool = columns.needs.pool[candidates.need]
    if columns.instance.parameters.model == "slots":
        return Demand(np.zeros_like(half_days), np.zeros_like(half_days), np.full_like(pool, NO_KEY))
    return Demand(half_days, half_days * columns.offers.pence[candidates.offer], pool)


@dataclass(slots=True)
class Capacity:
    """What is left: half days and places by offer, money by pool (doubled pence), partners still wanted by need."""

    half_days: Ints
    assignments: Ints
    money: Ints
    partners: Ints

    @classmethod
    def of(cls, columns: Columns, candidates: Candidates, takes: Demand) -> Self:
        """All the room there is. What is accepted already fits in it, even where less is left by now."""
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
            assignments=np.maximum(columns.offers.engagements, np.bincount(at, minlength=offers)),
            money=np.maximum(money, spent),
            partners=np.maximum(columns.needs.partners, np.bincount(candidates.need[kept], minlength=needs)),
        )


def worth(instance: Instance, candidates: Candidates) -> Ints:
    """What each candidate adds to the objective beside the bonus: lifts the worst, and keeps what is planned."""
    score = candidates.scored.score
    short = 1000 - score
    return 1000 - short * short // 1000 + instance.parameters.stickiness * candidates.planned
