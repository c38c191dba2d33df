"""Finds and scores the candidates of every need, and counts the offers that were ruled out."""

from dataclasses import dataclass

import numpy as np

from alongside.features.matching.engine.arrays import Columns, Ints
from alongside.features.matching.engine.rule_labels import RULES, Rule
from alongside.features.matching.engine.rules import Block, counted, rule
from alongside.features.matching.engine.scoring import Scored, score


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs that may be matched, ordered by need and offer, with scores.

    `fixed` is 1 for accepted pairs and 2 for pinned ones; `planned` marks pairs of the current plan.
    `ruled_out` and `only_by` count offers by rule for each need (`rules.counted`); the last column of
    `ruled_out` counts candidates.
    """

    need: Ints
    offer: Ints
    scored: Scored
    fixed: Ints
    planned: Ints
    ruled_out: Ints
    only_by: Ints

    def row_of(self, need: int, offer: int) -> int | None:
        """The row of this pair, or None if it is not a candidate."""
        first, last = np.searchsorted(self.need, (need, need + 1))
        found = first + int(np.searchsorted(self.offer[first:last], offer))
        return int(found) if found < last and self.offer[found] == offer else None


ACCEPTED, PINNED = 1, 2


def find(columns: Columns, blocks: list[Block] | None = None) -> Candidates:
    """Find every pair that breaks no rule and has the minimum score.

    Accepted pairs stay even if they now break a rule. Pinned pairs stay even below the minimum score.
    """
    blocks = rule(columns) if blocks is None else blocks
    keys = _keys(columns, blocks)
    accepted, pinned, planned = (_known(columns, what) for what in ("accepted", "pinned", "planned"))
    width = max(len(columns.offers.school), 1)
    if len(accepted):
        keys = np.union1d(keys, accepted)
    needs, offers = np.divmod(keys, width)
    scored = score(columns, needs, offers)
    fixed = np.where(np.isin(keys, accepted), ACCEPTED, np.where(np.isin(keys, pinned), PINNED, 0))
    enough = scored.score >= columns.instance.parameters.score_at_least
    kept = enough | (fixed > 0)
    first, alone = counted(columns, blocks)
    weak = np.bincount(needs[~kept], minlength=len(first))
    first[:, _POSITION[Rule.SCORE]] += weak
    alone[:, _POSITION[Rule.SCORE]] += weak
    first[:, -1] -= weak
    return Candidates(
        need=needs[kept],
        offer=offers[kept],
        scored=Scored(
            scored.score[kept],
            scored.parts[kept],
            scored.points[kept],
            scored.missing[kept],
            scored.traits[kept],
            scored.few[kept],
            scored.miles[kept],
        ),
        fixed=fixed[kept],
        planned=np.isin(keys, planned)[kept].astype(np.int64),
        ruled_out=first,
        only_by=alone,
    )


_POSITION = {broken: assignment for assignment, broken in enumerate(RULES)}


def _keys(columns: Columns, blocks: list[Block]) -> Ints:
    """The pairs that break no rule, each encoded as one number, in the order of need and offer."""
    width = max(len(columns.offers.school), 1)
    found = [
        block.needs[rows] * width + block.offers[offers]
        for block in blocks
        for rows, offers in [np.nonzero(block.masks == 0)]
    ]
    return np.sort(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def _known(columns: Columns, what: str) -> Ints:
    """The pairs with this history, encoded in the same way; pairs that no longer exist are left out."""
    width = max(len(columns.offers.school), 1)
    return np.array(
        [
            columns.need_at[known.need] * width + columns.offer_at[known.offer]
            for known in columns.instance.known
            if known.what == what and known.need in columns.need_at and known.offer in columns.offer_at
        ],
        dtype=np.int64,
    )
