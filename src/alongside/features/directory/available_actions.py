"""The actions that a person may take on an entry now, by permission and by state."""

from typing import Any

from alongside.features.directory.actions import DRAFTS
from alongside.features.directory.models import (
    ARCHIVE_ENTRY,
    LISTED,
    PEER_CHECK_ENTRY,
    RESTORE_ENTRY,
    RETIRE_ENTRY,
    RETURN_ENTRY,
    REVERIFY_ENTRY,
    SUBMIT_ENTRY,
    TAKE_BACK,
    VERIFY_ENTRY,
)
from alongside.features.needs.available_actions import ActionButton
from alongside.platform.access.authorisation import may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.workflow import Transition

OFFERED: tuple[tuple[Transition, ActionButton], ...] = (
    (SUBMIT_ENTRY, ActionButton("submission", "Send it to be checked")),
    (PEER_CHECK_ENTRY, ActionButton("check", "Check this entry", asks=True)),
    (VERIFY_ENTRY, ActionButton("verification", "Verify this entry", asks=True)),
    (REVERIFY_ENTRY, ActionButton("verification", "Verify it again", asks=True)),
    (RETURN_ENTRY, ActionButton("return", "Return it with a reason", asks=True)),
    (TAKE_BACK, ActionButton("retraction", "Take it back")),
    (RESTORE_ENTRY, ActionButton("restoration", "Take it out of the archive")),
    (ARCHIVE_ENTRY, ActionButton("archive", "Archive", asks=True)),
    (RETIRE_ENTRY, ActionButton("retirement", "Take it out of the directory", asks=True)),
)
EDIT = ActionButton("edition", "Change", asks=True)
ATTACHMENTS = ActionButton("keepsakes", "Pictures and files", asks=True)
CONSENT = ActionButton("consent", "Say yes to this text", asks=True)


def acts(person: Principal, entry: Any, consented: set[int]) -> list[ActionButton]:
    """The actions that this person may take on this entry now, most likely first."""
    own = person.school_urn is not None and person.school_urn == entry.school_urn
    offered = [
        act
        for move, act in OFFERED
        if entry.state in move.starts
        and move.permission is not None
        and may(person, move.permission, entry.school_urn)
        and not (own and move is PEER_CHECK_ENTRY)
    ]
    if may_change(person, entry):
        offered[0 if entry.state in LISTED else 1 : 0] = [EDIT, ATTACHMENTS]
    if may_consent(person, entry, consented):
        offered.insert(0, CONSENT)
    return offered


def may_change(person: Principal, entry: Any) -> bool:
    """Whether this person may edit this entry now."""
    return entry.state in (*DRAFTS, *LISTED) and may(person, Permission.WRITE_ENTRY, entry.school_urn)


def may_consent(person: Principal, entry: Any, consented: set[int]) -> bool:
    """Whether this person's school must still consent to an entry about an agreement."""
    return (
        entry.partner_urn is not None
        and entry.state in DRAFTS
        and person.school_urn not in consented
        and may(person, Permission.CONSENT_TO_ENTRY, entry.school_urn, entry.partner_urn)
    )
