"""What a person may do with an entry now: where the law and the state both allow it."""

from typing import Any

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import may
from alongside.directory.actions import DRAFTS
from alongside.directory.model import (
    ARCHIVE_ENTRY,
    CHECK_ENTRY,
    LISTED,
    RESTORE_ENTRY,
    RETIRE_ENTRY,
    RETURN_ENTRY,
    REVERIFY_ENTRY,
    SUBMIT_ENTRY,
    TAKE_BACK,
    VERIFY_ENTRY,
)
from alongside.needs.acts import Act
from alongside.workflow import Move

OFFERED: tuple[tuple[Move, Act], ...] = (
    (SUBMIT_ENTRY, Act("submission", "Send it to be checked")),
    (CHECK_ENTRY, Act("check", "Check this entry", asks=True)),
    (VERIFY_ENTRY, Act("verification", "Verify this entry", asks=True)),
    (REVERIFY_ENTRY, Act("verification", "Verify it again", asks=True)),
    (RETURN_ENTRY, Act("return", "Return it with a reason", asks=True)),
    (TAKE_BACK, Act("retraction", "Take it back")),
    (RESTORE_ENTRY, Act("restoration", "Take it out of the archive")),
    (ARCHIVE_ENTRY, Act("archive", "Archive", asks=True)),
    (RETIRE_ENTRY, Act("retirement", "Take it out of the directory", asks=True)),
)
EDIT = Act("edition", "Change", asks=True)
KEEPSAKES = Act("keepsakes", "Pictures and files", asks=True)
CONSENT = Act("consent", "Say yes to this text", asks=True)


def acts(person: Person, entry: Any, consented: set[int]) -> list[Act]:
    """What this person may do with this entry now, the likeliest first."""
    own = person.school_urn is not None and person.school_urn == entry.school_urn
    offered = [
        act
        for move, act in OFFERED
        if entry.state in move.starts
        and move.permission is not None
        and may(person, move.permission, entry.school_urn)
        and not (own and move is CHECK_ENTRY)
    ]
    if may_change(person, entry):
        offered[0 if entry.state in LISTED else 1 : 0] = [EDIT, KEEPSAKES]
    if may_consent(person, entry, consented):
        offered.insert(0, CONSENT)
    return offered


def may_change(person: Person, entry: Any) -> bool:
    """Whether this person may write this entry anew now."""
    return entry.state in (*DRAFTS, *LISTED) and may(person, Permission.WRITE_ENTRY, entry.school_urn)


def may_consent(person: Person, entry: Any, consented: set[int]) -> bool:
    """Whether this person's school is asked for its yes to an entry about a partnership."""
    return (
        entry.partner_urn is not None
        and entry.state in DRAFTS
        and person.school_urn not in consented
        and may(person, Permission.CONSENT_TO_ENTRY, entry.school_urn, entry.partner_urn)
    )
