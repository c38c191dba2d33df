"""Explains each match: rank, better offers, who has their days, and the effect of forcing a pair.

Source: reference on matching §3.4.
"""

from time import monotonic
from typing import Literal

import numpy as np

from alongside.features.matching.engine.arrays import Bools
from alongside.features.matching.engine.assignment_state import AssignmentState
from alongside.features.matching.engine.explanation_text import why_chosen
from alongside.features.matching.engine.local_resolve import again, near
from alongside.features.matching.engine.objective import total
from alongside.features.matching.engine.planning import Prepared, chosen_of, pair_at, ruled_out, unserved_at
from alongside.features.matching.engine.result import (
    BetterAlternative,
    CurrentHolder,
    Explanation,
    ForcedResult,
    Plan,
)
from alongside.features.matching.engine.rule_labels import RULES
from alongside.features.matching.engine.scoring import as_score

MOST_BETTER = 3
SECONDS_A_PAIR = 0.5


def explanations(prepared: Prepared, plan: Plan, seconds: float) -> tuple[Explanation, ...]:
    """The explanation for every need; effects of forcing a pair are calculated until the time is over."""
    until = monotonic() + seconds
    chosen = chosen_of(prepared, plan.pairs)
    state = AssignmentState(prepared.programme, chosen)
    return tuple(
        _explain(prepared, state, chosen, need, until) for need in range(len(prepared.columns.instance.needs))
    )


def forced(
    prepared: Prepared, chosen: Bools, row: int, seconds: float, *, whole: bool = False
) -> ForcedResult | None:
    """The effect of forcing this candidate into the plan; None if that is infeasible or no plan was found.

    `whole` solves everything again; otherwise only nearby needs of the `days` model are free, and the result
    is feasible but may not be optimal.
    """
    programme = prepared.programme
    need, offer = int(prepared.candidates.need[row]), int(prepared.candidates.offer[row])
    needs = len(programme.capacity.partners)
    free = np.arange(needs) if whole else near(programme, chosen, need, offer)
    solved, everything = again(programme, chosen, free, forced=row, seconds=seconds)
    if solved.values is None:
        return None
    then = solved.values[: programme.pairs] > 0.5
    before, after = (np.bincount(prepared.candidates.need[plan], minlength=needs) for plan in (chosen, then))
    moved = np.unique(prepared.candidates.need[then & ~chosen])
    ids = [one.id for one in prepared.columns.instance.needs]
    return ForcedResult(
        points=total(programme, then) - total(programme, chosen),
        coverage=int((after > 0).sum() - (before > 0).sum()),
        losers=tuple(ids[at] for at in np.flatnonzero((before > 0) & (after == 0)).tolist()),
        movers=tuple(ids[at] for at in moved.tolist() if at != need and before[at] > 0),
        exact=everything and solved.status == "optimal",
    )


def _explain(
    prepared: Prepared, state: AssignmentState, chosen: Bools, need: int, until: float
) -> Explanation:
    candidates, instance = prepared.candidates, prepared.columns.instance
    rows = np.array(state.rows_of(need), dtype=np.int64)
    ranked = rows[np.lexsort((candidates.offer[rows], -candidates.scored.score[rows]))].tolist()
    mine = [row for row in ranked if chosen[row]]
    rank = ranked.index(mine[0]) + 1 if mine else None
    better = ranked[: rank - 1] if rank else ranked
    alternatives = tuple(_better(prepared, state, chosen, row, until) for row in better[:MOST_BETTER])
    return Explanation(
        need=instance.needs[need].id,
        chosen=pair_at(prepared, mine[0]) if mine else None,
        rank=rank,
        of=len(ranked),
        better=alternatives,
        ruled_out=ruled_out(prepared, need),
        only_by={
            rule.key: count
            for rule, count in zip(RULES, candidates.only_by[need].tolist(), strict=True)
            if count
        },
        sentence=(
            why_chosen(
                rank, len(ranked), [one.why for one in alternatives], pair_at(prepared, mine[0]).why_fixed
            )
            if rank
            else unserved_at(prepared, need).sentence
        ),
    )


def _better(
    prepared: Prepared, state: AssignmentState, chosen: Bools, row: int, until: float
) -> BetterAlternative:
    candidates, instance = prepared.candidates, prepared.columns.instance
    offer = int(candidates.offer[row])
    holders = sorted(state.holders[offer], key=lambda taken: -candidates.scored.score[taken])
    seconds = min(SECONDS_A_PAIR, until - monotonic())
    return BetterAlternative(
        offer=instance.offers[offer].id,
        score=as_score(candidates.scored, row),
        why=_why(state, row),
        held_by=tuple(
            CurrentHolder(
                need=instance.needs[candidates.need[taken]].id,
                tier=instance.needs[candidates.need[taken]].tier,
                score=int(candidates.scored.score[taken]),
                half_days=int(prepared.programme.takes.half_days[taken]),
            )
            for taken in holders
        ),
        if_forced=forced(prepared, chosen, row, seconds) if seconds > 0 else None,
    )


def _why(state: AssignmentState, row: int) -> Literal["full", "money", "whole"]:
    """The reason against a pair: the offer is full, the money is used up, or the whole plan gets worse."""
    own = [taken for taken in state.rows_of(state.need[row]) if state.has(taken) and not state.fixed[taken]]
    for taken in own:
        state.give_back(taken)
    fits, has_capacity = state.fits(row), state.has_capacity(row)
    for taken in own:
        state.take(taken)
    return "whole" if fits else "money" if has_capacity else "full"
