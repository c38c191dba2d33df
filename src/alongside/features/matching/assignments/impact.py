"""Formats the cost of a plan change: points, needs that would move, needs that would have no partner."""

from collections.abc import Sequence
from dataclasses import dataclass

from alongside.features.matching.assignments.presentation import points_label
from alongside.features.matching.assignments.redaction import Names
from alongside.features.matching.engine.result import Change, Outcome


@dataclass(frozen=True, slots=True)
class MovedNeed:
    """A need with its partner before and after, and both scores."""

    need: str
    before: str
    after: str
    score_before: int | None
    score_after: int | None


@dataclass(frozen=True, slots=True)
class ChangeCost:
    """What a change costs the plan; `proven` if no plan with the change is better."""

    points: str
    lost: int
    gained: int
    rows: Sequence[MovedNeed]
    proven: bool


def cost_of(outcome: Outcome, change: Change, names: Names) -> ChangeCost:
    """Compare the changed plan with the current one, need by need."""
    before = {pair.need: pair for pair in outcome.plan.pairs}
    after = {pair.need: pair for pair in change.plan.pairs}
    touched = sorted(set(change.moved) | set(change.gained) | set(change.lost))
    return ChangeCost(
        points=points_label(change.points),
        lost=len(change.lost),
        gained=len(change.gained),
        rows=[
            MovedNeed(
                need=names.need(need),
                before=names.supporting_school(before[need].offer) if need in before else "Nobody",
                after=names.supporting_school(after[need].offer) if need in after else "Nobody",
                score_before=before[need].score.score if need in before else None,
                score_after=after[need].score.score if need in after else None,
            )
            for need in touched
        ],
        proven=change.plan.status == "optimal",
    )
