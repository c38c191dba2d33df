"""The actions on an agreement that the permissions and the agreement's state allow a person."""

from collections.abc import Sequence
from typing import Any

from alongside.features.agreements.parties import party_of
from alongside.platform.access.authorisation import may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_date


def available_actions(
    person: Principal, row: Any, aims: Sequence[Any], reviews: Sequence[dict[str, Any]]
) -> frozenset[str]:
    """The buttons on the page of an agreement for this person."""
    side = party_of(person, row)
    if side is None:
        return frozenset()
    given = {one["kind"] for one in reviews if one["side"] == side}
    unsigned = getattr(row, f"{side}_signed_at") is None
    running, preparing = row.state == "active", row.state == "preparing"
    offered = {
        "write": (preparing, Permission.EDIT_AGREEMENT),
        "sign": (preparing and bool(aims) and unsigned, Permission.SIGN_AGREEMENT),
        "visit": (running, Permission.RECORD_VISIT),
        "half-way": (running and not given, Permission.REVIEW_AGREEMENT),
        "closing": (running and "closing" not in given, Permission.REVIEW_AGREEMENT),
        "amend": (running, Permission.AMEND_AGREEMENT),
        "challenge": (
            (running or preparing)
            and row.challenge_until is not None
            and person.today <= row.challenge_until,
            Permission.END_AGREEMENT,
        ),
        "end": (running or preparing, Permission.END_AGREEMENT),
    }
    return frozenset(
        step
        for step, (now, permission) in offered.items()
        if now and may(person, permission, row.requesting_urn, row.supporting_urn)
    )


def waits_for(row: Any) -> str | None:
    """One sentence that says who must act next on an agreement; None when it has ended."""
    if row.state == "active":
        return f"Support runs until {format_date(row.ends_on)}. Both schools record their visits."
    if row.state != "preparing":
        return None
    unsigned = [
        name
        for name, signed in (
            (row.requesting_name, row.requesting_signed_at),
            (row.supporting_name, row.supporting_signed_at),
        )
        if signed is None
    ]
    return f"Waiting for the signature of {' and of '.join(unsigned)}."
