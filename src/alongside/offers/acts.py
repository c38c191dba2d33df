"""What a person may do with an offer now: where the law and the state both allow it."""

from typing import Any

from alongside.access.person import Person
from alongside.access.policy import may
from alongside.needs.acts import Act
from alongside.offers.actions import EDITABLE
from alongside.offers.model import (
    CONFIRM_OFFER,
    END_OFFER,
    PAUSE_OFFER,
    POST_OFFER,
    REOPEN_OFFER,
    RESUME_OFFER,
)
from alongside.workflow import Move

OFFERED: tuple[tuple[Move, Act], ...] = (
    (POST_OFFER, Act("posting", "Post this offer")),
    (CONFIRM_OFFER, Act("confirmation", "Yes, it still holds")),
    (RESUME_OFFER, Act("confirmation", "It holds: make it live again")),
    (PAUSE_OFFER, Act("pause", "Pause")),
    (END_OFFER, Act("withdrawal", "Withdraw", asks=True)),
    (REOPEN_OFFER, Act("reopening", "Reopen", asks=True)),
)
EDIT = Act("edition", "Change", asks=True)
EXTEND = Act("extension", "Give more days or time", asks=True)


def acts(person: Person, offer: Any) -> list[Act]:
    """What this person may do with this offer now, the likeliest first."""
    offered = [
        act
        for move, act in OFFERED
        if offer.state in move.starts
        and move.permission is not None
        and may(person, move.permission, offer.school_urn)
        and not (move is REOPEN_OFFER and offer.posted_at is None)
    ]
    if offered and offer.state in EDITABLE:
        offered[1:1] = [EDIT] if offer.state == "draft" else [EDIT, EXTEND]
    return offered
