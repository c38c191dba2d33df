"""Who can read and change motions: row policies in PostgreSQL, and the requester that they read.

The clerk and the core team read all motions. A member of the body, a substitute and its chair read its motions, except
those on a school in which they have an interest that is not set aside. Everybody else reads none. The clerk and the
head of service manage motions; a member votes for themselves between meetings only.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.interests.queries import schools_of_interest
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.requester_context import (
    INTERESTS,
    PERSON,
    RequesterContext,
    RowPolicy,
    role_is,
    set_requester,
)

MANAGERS = role_is(Role.CLERK, Role.HEAD_OF_SERVICE, Role.SYSTEM)
READERS = role_is(Role.CLERK, Role.HEAD_OF_SERVICE, Role.CORE_OFFICER, Role.SYSTEM)
MEMBER = role_is(Role.BOARD_MEMBER)
_TODAY = "(now() AT TIME ZONE 'Europe/London')::date"
_IN_FORCE = f"from_on <= {_TODAY} AND (h.until_on IS NULL OR h.until_on > {_TODAY})"


def _holds(table: str, joined: str = "") -> str:
    body = "s.body_id" if joined else "h.body_id"
    return (
        f"EXISTS (SELECT FROM {table} h {joined} WHERE h.authority_id = motion.authority_id"
        f" AND {body} = motion.body_id AND h.person_id::text = {PERSON} AND h.{_IN_FORCE})"
    )


_SEATED = " OR ".join(
    (
        _holds("seat_appointment"),
        _holds("body_chair"),
        _holds("seat_substitute", "JOIN seat s ON s.authority_id = h.authority_id AND s.id = h.seat_id"),
    )
)
_NO_INTEREST = (
    f"(NOT motion.schools && string_to_array({INTERESTS}, ',')::integer[]"
    f" OR {PERSON} = ANY (motion.dispensed::text[]))"
)
OF_MOTION = RowPolicy(
    seen=f"{READERS} OR ({MEMBER} AND {_NO_INTEREST} AND ({_SEATED}))",
    added=MANAGERS,
    changed=f"{READERS} OR {MEMBER}",  # to lock a motion while they vote; its trigger refuses their changes
)


def _of_motion(table: str, condition: str = "") -> str:
    return (
        f"EXISTS (SELECT FROM motion m WHERE m.authority_id = {table}.authority_id"
        f" AND m.id = {table}.motion_id{condition})"
    )


def _seen(table: str) -> str:
    return f"{READERS} OR {_of_motion(table)}"


def of_part(table: str) -> RowPolicy:
    """Return the policy of a part of a motion, which only those write who manage motions."""
    return RowPolicy(seen=_seen(table), added=MANAGERS)


OF_INTEREST = RowPolicy(
    seen=_seen("motion_interest"),
    added=f"{MANAGERS} OR ({MEMBER} AND person_id::text = {PERSON} AND source = 'declared' AND dispensed_by IS NULL"
    f" AND {_of_motion('motion_interest')})",
    changed=MANAGERS,
)
_WRITTEN = " AND m.how = 'written'"
_OWN_VOTE = f"({MEMBER} AND {_of_motion('vote', _WRITTEN)})"
OF_VOTE = RowPolicy(
    seen=_seen("vote"),
    added=f"voted_by::text = {PERSON} AND ({MANAGERS} OR {_OWN_VOTE})",
    changed=f"{MANAGERS} OR (voted_by::text = {PERSON} AND {_OWN_VOTE})",
)
OF_OVERRULING = RowPolicy(
    seen=_seen("motion_overruling"),
    added=f"{role_is(Role.HEAD_OF_SERVICE)} AND officer_id::text = {PERSON}",
)
OF_REFERRAL = RowPolicy(seen=_seen("motion_referral"), added=role_is(Role.HEAD_OF_SERVICE))


async def identify_requester(session: AsyncSession, person: Principal) -> None:
    """Set this person as the requester of the transaction; without one, no motion is visible.

    Call it before each query of motions, because another requester may be set in the same transaction.
    """
    known = session.info.get(KNOWN)
    interests: frozenset[int] = frozenset()
    if person.id is not None and person.role is Role.BOARD_MEMBER:
        if known is None or known[0] != person.id:
            found = await schools_of_interest(session, person.authority_id, person.id, person.today)
            session.info[KNOWN] = known = (person.id, found)
        interests = known[1]
    await set_requester(
        session,
        RequesterContext(person.authority_id, person.role.value, person.id, person.school_urn, (), interests),
    )


KNOWN = "interests_of_member"
"""The key in `session.info` of the member and their interests that this transaction has read."""
