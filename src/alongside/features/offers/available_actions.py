"""The actions on an offer that the permissions and the offer's state allow a person."""

from typing import Any

from alongside.features.needs.available_actions import ActionButton
from alongside.features.offers.actions import EDITABLE
from alongside.features.offers.models import (
    CONFIRM_OFFER,
    END_OFFER,
    PAUSE_OFFER,
    POST_OFFER,
    REOPEN_OFFER,
    RESUME_OFFER,
)
from alongside.platform.access.authorisation import may
from alongside.platform.access.principal import Principal
from alongside.platform.workflow import Transition

OFFERED: tuple[tuple[Transition, ActionButton], ...] = (
    (POST_OFFER, ActionButton("post", "Post this offer")),
    (CONFIRM_OFFER, ActionButton("confirmation", "Yes, it still holds")),
    (RESUME_OFFER, ActionButton("confirmation", "It holds: make it live again")),
    (PAUSE_OFFER, ActionButton("pause", "Pause")),
    (END_OFFER, ActionButton("withdrawal", "Withdraw", asks=True)),
    (REOPEN_OFFER, ActionButton("reopening", "Reopen", asks=True)),
)
EDIT = ActionButton("edit", "Edit", asks=True)
EXTEND = ActionButton("extension", "Give more days or time", asks=True)


def acts(person: Principal, offer: Any) -> list[ActionButton]:
    """The buttons for this person and this offer, the most likely first."""
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
