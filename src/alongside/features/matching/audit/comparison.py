"""Compares two plans: changed assignments, and changes in the inputs and weights."""

from collections.abc import Sequence
from dataclasses import dataclass

from alongside.features.matching.engine.instance import Instance
from alongside.features.matching.plans.rows import AssignmentRow


@dataclass(frozen=True, slots=True)
class ChangedAssignment:
    """A need whose partner differs between two plans."""

    need: str
    school: str
    before: str
    after: str
    score_before: int | None
    score_after: int | None


@dataclass(frozen=True, slots=True)
class SharedNeeds:
    """The needs that are in both plans: matched before and after, in `both`, and the average scores of those."""

    needs: int
    matched_before: int
    matched_after: int
    both: int
    score_before: int
    score_after: int


def changed_assignments(
    before: Sequence[AssignmentRow], after: Sequence[AssignmentRow]
) -> list[ChangedAssignment]:
    """The needs whose partner differs, or that are in only one of the plans."""
    old, new = {one.need_id: one for one in before}, {one.need_id: one for one in after}
    changes = []
    for need_id in sorted(old.keys() | new.keys()):
        was, now = old.get(need_id), new.get(need_id)
        if was is None or now is None or was.offer_id != now.offer_id:
            shown = now or old[need_id]
            changes.append(
                ChangedAssignment(
                    need=shown.need_title,
                    school=shown.requesting_name,
                    before=_partner(was, "Not open then"),
                    after=_partner(now, "No longer open"),
                    score_before=was.score if was else None,
                    score_after=now.score if now else None,
                )
            )
    return sorted(changes, key=lambda one: (one.school, one.need))


def on_one_basis(before: Sequence[AssignmentRow], after: Sequence[AssignmentRow]) -> SharedNeeds:
    """Compare two plans by the needs that are in both: matched before and after, average scores.

    The averages are over the `both` needs that are matched in both plans.
    """
    old, new = {one.need_id: one for one in before}, {one.need_id: one for one in after}
    shared = old.keys() & new.keys()
    matched = [{need for need in shared if plan[need].offer_id is not None} for plan in (old, new)]
    both = matched[0] & matched[1]
    averages = [round(sum(plan[need].score or 0 for need in both) / max(len(both), 1)) for plan in (old, new)]
    return SharedNeeds(
        needs=len(shared),
        matched_before=len(matched[0]),
        matched_after=len(matched[1]),
        both=len(both),
        score_before=averages[0],
        score_after=averages[1],
    )


def _partner(assignment: AssignmentRow | None, absent: str) -> str:
    if assignment is None:
        return absent
    return assignment.supporting_name or "Nobody"


def changed_facts(before: Instance, after: Instance) -> list[str]:
    """The differences between the inputs of two plans, one sentence each."""
    said = []
    for what, old, new in (
        ("need", {one.id: one for one in before.needs}, {one.id: one for one in after.needs}),
        ("offer", {one.id: one for one in before.offers}, {one.id: one for one in after.offers}),
    ):
        added, gone = len(new.keys() - old.keys()), len(old.keys() - new.keys())
        changed = sum(old[key] != new[key] for key in old.keys() & new.keys())
        for count, words in ((added, "came in"), (gone, "left"), (changed, "changed")):
            if count:
                said.append(f"{count} {what}{'s' if count != 1 else ''} {words}.")
    said += _changed_words(before, after)
    if before.parameters.weights != after.parameters.weights:
        said.append("The weights have changed.")
    if before.budgets != after.budgets:
        said.append("The money that is left has changed.")
    return said or ["Nothing that goes into a plan has changed."]


def _changed_words(before: Instance, after: Instance) -> list[str]:
    """Counts of pins, forbids, declines and answers that changed; exclusions and interests are private."""
    words = {
        "pinned": "pins",
        "forbidden": "forbids",
        "declined": "declines",
        "accepted": "answers under way",
    }
    said = []
    for what, name in words.items():
        old = {(one.need, one.offer) for one in before.known if one.what == what}
        new = {(one.need, one.offer) for one in after.known if one.what == what}
        if old != new:
            said.append(f"The {name} have changed: {len(old)} before, {len(new)} after.")
    return said
