"""The value of a plan in the programme: needs served by tier, and the objective in whole points."""

import numpy as np

from alongside.features.matching.engine.arrays import Bools, Ints
from alongside.features.matching.engine.mip_model import Programme

TIERS = (1, 2, 3)


def values_of(programme: Programme, chosen: Bools) -> Ints:
    """The column values when these candidates are chosen; u and v are as large as possible."""
    partners = np.bincount(programme.candidates.need[chosen], minlength=len(programme.capacity.partners))
    doubles = (len(programme.objective) - programme.pairs) // 2
    needs = programme.first[programme.pairs : programme.pairs + doubles]
    return np.concatenate((chosen, np.minimum(partners[needs], 1), np.maximum(partners[needs] - 1, 0)))


def total(programme: Programme, chosen: Bools) -> int:
    """The objective of a plan in whole points."""
    return int(programme.objective @ values_of(programme, chosen))


def firsts(programme: Programme, tier: int) -> Ints:
    """The columns whose sum is the number of needs of this tier with a partner."""
    tiers = programme.columns.needs.tier[np.maximum(programme.first, 0)]
    return np.flatnonzero((programme.first >= 0) & (tiers == tier))


def served_by(programme: Programme, chosen: Bools, tier: int) -> int:
    """How many needs of a tier have a partner in this plan."""
    return int(values_of(programme, chosen)[firsts(programme, tier)].sum())
