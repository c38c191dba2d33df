"""The offers for one need, best first, with the rules and scores of a plan."""

from uuid import UUID

from alongside.features.matching.engine.explanation_text import why_unserved
from alongside.features.matching.engine.instance import Instance
from alongside.features.matching.engine.result import Ranked, Shortlist
from alongside.features.matching.engine.rule_labels import RULES
from alongside.features.matching.engine.validation import check


def shortlist(instance: Instance, need: UUID, most: int = 10) -> Shortlist:
    """The offers that pass every rule for one need, best first; equals ordered by least recently asked.

    Raises InfeasibleProblem as a plan does, and KeyError when the need is not in the instance.
    """
    import numpy as np  # imported here as it adds 0.1 s to startup

    from alongside.features.matching.engine.arrays import arrange
    from alongside.features.matching.engine.candidates import find
    from alongside.features.matching.engine.capacity import demand_of
    from alongside.features.matching.engine.scoring import as_score

    check(instance)
    columns = arrange(instance)
    candidates = find(columns)
    at = columns.need_at[need]
    rows = np.flatnonzero(candidates.need == at)
    offers = candidates.offer[rows]
    order = np.lexsort((offers, columns.offers.asked[offers], -candidates.scored.score[rows]))
    costs = demand_of(columns, candidates)
    counts = candidates.ruled_out[at, :-1].tolist()
    ruled_out = {rule.key: count for rule, count in zip(RULES, counts, strict=True) if count}
    ranked = tuple(
        Ranked(
            offer=columns.instance.offers[candidates.offer[row]].id,
            score=as_score(candidates.scored, row),
            miles=None
            if np.isnan(candidates.scored.miles[row])
            else round(float(candidates.scored.miles[row]), 1),
            half_days=int(costs.half_days[row]),
            pence=int(costs.money[row]) // 2,
        )
        for row in rows[order][:most].tolist()
    )
    return Shortlist(
        need=need,
        ranked=ranked,
        of=len(rows),
        ruled_out=ruled_out,
        sentence="" if ranked else why_unserved(0, ruled_out),
    )
