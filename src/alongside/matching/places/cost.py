"""What a change of a plan costs, in words: points, who would be moved, who would have nobody."""

from typing import Any

from alongside.matching.engine.result import Change
from alongside.matching.places.audience import Names
from alongside.matching.places.showing import points_in_words
from alongside.matching.runs.outcome import restored_outcome


def cost_of(kept: Any, change: Change, names: Names) -> dict[str, Any]:
    """The change against the plan as it stands, need by need."""
    before = {pair.need: pair for pair in restored_outcome(kept.outcome).plan.pairs}
    after = {pair.need: pair for pair in change.plan.pairs}
    touched = sorted(set(change.moved) | set(change.gained) | set(change.lost))
    return {
        "points": points_in_words(change.points),
        "lost": len(change.lost),
        "gained": len(change.gained),
        "rows": [
            {
                "need": names.need(need),
                "before": names.giver(before[need].offer) if need in before else "Nobody",
                "after": names.giver(after[need].offer) if need in after else "Nobody",
                "score_before": before[need].score.score if need in before else None,
                "score_after": after[need].score.score if need in after else None,
            }
            for need in touched
        ],
        "proven": change.plan.status == "optimal",
    }
