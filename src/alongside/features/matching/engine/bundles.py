"""Lists for each offer the sets of needs that it can serve together: its bundles.

An offer has few engagements and few days, so there are few such sets. A programme that chooses at most one
bundle of each offer has a relaxation close to whole plans, which one with days in its rows has not.
"""

from dataclasses import dataclass

import numpy as np

from alongside.features.matching.engine.arrays import Bools, Ints
from alongside.features.matching.engine.mip_model import Programme

MOST_EXPANSIONS = 50_000
"""An offer with more sets of one size than this has no bundles: rows limit its days and engagements."""


@dataclass(frozen=True, slots=True)
class Bundles:
    """Bundles with their candidates: rows of `members`, padded with the number of candidates.

    `by_rows` marks the offers with too many bundles; theirs hold one candidate each, and several may be chosen.
    """

    members: Ints
    offer: Ints
    by_rows: Bools

    def taken(self, chosen: Bools) -> Ints:
        """The bundles that make up a plan."""
        whole = np.append(chosen, False)[self.members].sum(axis=1)
        size = (self.members < len(chosen)).sum(axis=1)
        largest = np.zeros(len(self.by_rows), dtype=np.int64)
        np.maximum.at(largest, self.offer, whole)
        return np.flatnonzero((whole == size) & ((size == largest[self.offer]) | self.by_rows[self.offer]))


def bundles_of(programme: Programme) -> Bundles:
    """All bundles that fit the days and engagements of their offer and contain all of its fixed pairs."""
    candidates, days = programme.candidates, programme.takes.half_days
    limits = programme.capacity
    order = np.argsort(candidates.offer, kind="stable")
    offer = candidates.offer[order]
    ends = np.searchsorted(offer, np.arange(len(limits.engagements)) + 1)
    by_rows = np.zeros(len(limits.engagements), dtype=np.bool_)
    fits = (days[order] <= limits.half_days[offer]) & (limits.engagements[offer] > 0)
    last = np.flatnonzero(fits)
    members, used = order[last, None], days[order[last]]
    levels = []
    while len(members):
        levels.append(members)
        grows = limits.engagements[offer[last]] > members.shape[1]
        members, used, last = members[grows], used[grows], last[grows]
        further = ends[offer[last]] - last - 1
        by_rows |= np.bincount(offer[last], further, minlength=len(by_rows)) > MOST_EXPANSIONS
        further[by_rows[offer[last]]] = 0
        parent = np.repeat(np.arange(len(members)), further)
        following = np.arange(len(parent)) - np.repeat(np.cumsum(further) - further, further)
        last = last[parent] + 1 + following
        used = used[parent] + days[order[last]]
        fits = used <= limits.half_days[offer[last]]
        members = np.concatenate((members[parent[fits]], order[last[fits], None]), axis=1)
        used, last = used[fits], last[fits]
    return _merge_levels(programme, levels, by_rows)


def _merge_levels(programme: Programme, levels: list[Ints], by_rows: Bools) -> Bundles:
    """Merge bundles of all sizes: those with all fixed pairs of their offer, or single pairs where it has too many."""
    candidates, pairs = programme.candidates, programme.pairs
    width = max((level.shape[1] for level in levels), default=1)
    members = np.concatenate(
        [np.zeros((0, width), dtype=np.int64)]
        + [np.pad(level, ((0, 0), (0, width - level.shape[1])), constant_values=pairs) for level in levels]
    )
    offer = candidates.offer[members[:, 0]]
    fixed = candidates.fixed > 0
    needed = np.bincount(candidates.offer[fixed], minlength=len(by_rows))
    size = (members < pairs).sum(axis=1)
    whole = np.append(fixed, False)[members].sum(axis=1) == needed[offer]
    kept = np.where(by_rows[offer], size == 1, whole)
    return Bundles(members[kept], offer[kept], by_rows)
