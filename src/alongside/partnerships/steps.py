"""What somebody may do with a partnership now: where law and state both allow it."""

from collections.abc import Sequence
from typing import Any

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import may
from alongside.partnerships.sides import side_of


def steps_for(
    person: Person, row: Any, aims: Sequence[Any], reviews: Sequence[dict[str, Any]]
) -> frozenset[str]:
    """The acts that the page of a partnership offers this person."""
    side = side_of(person, row)
    if side is None:
        return frozenset()
    given = {one["kind"] for one in reviews if one["side"] == side}
    unsigned = getattr(row, f"{side}_signed_at") is None
    running, preparing = row.state == "active", row.state == "preparing"
    offered = {
        "write": (preparing, Permission.WRITE_AGREEMENT),
        "sign": (preparing and bool(aims) and unsigned, Permission.SIGN_AGREEMENT),
        "visit": (running, Permission.RECORD_VISIT),
        "half-way": (running and not given, Permission.REVIEW_PARTNERSHIP),
        "closing": (running and "closing" not in given, Permission.REVIEW_PARTNERSHIP),
        "amend": (running, Permission.AMEND_PARTNERSHIP),
        "challenge": (
            (running or preparing)
            and row.challenge_until is not None
            and person.today <= row.challenge_until,
            Permission.END_PARTNERSHIP,
        ),
        "end": (running or preparing, Permission.END_PARTNERSHIP),
    }
    return frozenset(
        step
        for step, (now, permission) in offered.items()
        if now and may(person, permission, row.asking_urn, row.giving_urn)
    )


def waits_for(row: Any) -> str | None:
    """Who acts next on a partnership, in one sentence; None when it is over."""
    if row.state == "active":
        return f"Support runs until {row.ends_on:%-d %B %Y}. Both schools record their visits."
    if row.state != "preparing":
        return None
    unsigned = [
        name
        for name, signed in ((row.asking_name, row.asker_signed_at), (row.giving_name, row.giver_signed_at))
        if signed is None
    ]
    return f"Waiting for the signature of {' and of '.join(unsigned)}."
