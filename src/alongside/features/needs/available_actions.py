"""The actions on a need that the permissions and the need's state allow a person."""

from dataclasses import dataclass
from typing import Any

from alongside.features.needs.actions import EDITABLE
from alongside.features.needs.models import (
    CONFIRM_NEED,
    PAUSE_NEED,
    POST_NEED,
    REOPEN_NEED,
    SEND_TO_HEAD,
    WITHDRAW_NEED,
)
from alongside.platform.access.authorisation import may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import may_on
from alongside.platform.workflow import Transition


@dataclass(frozen=True, slots=True)
class ActionButton:
    """A button for an action: `noun` is the last part of the URL, `asks` is true when a form comes first."""

    noun: str
    label: str
    asks: bool = False


OFFERED: tuple[tuple[Transition, ActionButton], ...] = (
    (POST_NEED, ActionButton("post", "Post this need")),
    (SEND_TO_HEAD, ActionButton("send", "Send to the headteacher")),
    (CONFIRM_NEED, ActionButton("confirmation", "Yes, it still holds")),
    (PAUSE_NEED, ActionButton("pause", "Pause")),
    (WITHDRAW_NEED, ActionButton("withdrawal", "Withdraw", asks=True)),
    (REOPEN_NEED, ActionButton("reopening", "Reopen", asks=True)),
)
EDIT = ActionButton("edit", "Edit", asks=True)


def acts(person: Principal, need: Any) -> list[ActionButton]:
    """The buttons for this person and this need, the most likely first.

    Sending to the headteacher is offered only to those who cannot post it themselves.
    """
    offered = [
        act
        for move, act in OFFERED
        if need.state in move.starts
        and move.permission is not None
        and may(person, move.permission, need.school_urn)
        and not (move is REOPEN_NEED and need.posted_at is None)
        and not (move is SEND_TO_HEAD and may(person, Permission.POST_NEED, need.school_urn))
    ]
    if may_change(person, need):
        offered.insert(1 if offered and offered[0].noun in ("post", "send") else 0, EDIT)
    return offered


def may_change(person: Principal, need: Any) -> bool:
    """Whether this person may change this need in its current state."""
    return need.state in EDITABLE and may_on(person, Permission.EDIT_NEED, need)
