"""Formats the cost of a plan change: points, needs that would move, needs that would have no partner."""

from typing import Any

from alongside.features.matching.assignments.presentation import points_label
from alongside.features.matching.assignments.redaction import Names
from alongside.features.matching.engine.result import Change
from alongside.features.matching.plans.result_rows import restored_outcome


def cost_of(kept: Any, change: Change, names: Names) -> dict[str, Any]:
    """Compare the changed plan with the current one, need by need."""
    before = {pair.need: pair for pair in restored_outcome(kept.outcome).plan.pairs}
    after = {pair.need: pair for pair in change.plan.pairs}
    touched = sorted(set(change.moved) | set(change.gained) | set(change.lost))
    return {
        "points": points_label(change.points),
        "lost": len(change.lost),
        "gained": len(change.gained),
        "rows": [
            {
                "need": names.need(need),
                "before": names.supporting_school(before[need].offer) if need in before else "Nobody",
                "after": names.supporting_school(after[need].offer) if need in after else "Nobody",
                "score_before": before[need].score.score if need in before else None,
                "score_after": after[need].score.score if need in after else None,
            }
            for need in touched
        ],
        "proven": change.plan.status == "optimal",
    }
