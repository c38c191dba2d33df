"""Who can read and change a support category: its row policy in PostgreSQL, and the requester that it reads.

The core team reads all. The leads of the school's consortium, and of another one that was chosen to moderate, read it
from the proposal, except where they have an interest in the school. Its headteacher reads it once it is notified and
the message has gone out, and so do its chair of governors and the officers of its trust and diocese.
Everybody else reads none.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.interests.queries import schools_of_interest
from alongside.platform.access.principal import CONSORTIUM_ROLES, GOVERNING_ROLES, Principal, Role
from alongside.platform.database.requester_context import (
    CONSORTIA,
    INTERESTS,
    SCHOOL,
    RequesterContext,
    RowPolicy,
    is_among,
    role_is,
    set_requester,
)

KNOWN = "interests_of"
"""The key in `session.info` of the interests that this transaction has read."""

CORE = role_is(Role.CORE_OFFICER, Role.HEAD_OF_SERVICE, Role.SYSTEM)
PANEL = (
    f"({role_is(*CONSORTIUM_ROLES)} AND NOT {is_among('school_urn', INTERESTS)}"
    f" AND ({is_among('consortium_id', CONSORTIA)} OR {is_among('handling_consortium_id', CONSORTIA)}))"
)
IS_NOTIFIED = "notified_on IS NOT NULL AND coalesce(shown_from <= now(), true)"
OWN_HEAD = f"({role_is(Role.HEADTEACHER)} AND school_urn::text = {SCHOOL} AND {IS_NOTIFIED})"
GOVERNED = f"({role_is(*GOVERNING_ROLES)} AND {is_among('school_urn', SCHOOL)} AND {IS_NOTIFIED})"
OF_CATEGORY = RowPolicy(
    seen=f"{CORE} OR {PANEL} OR {OWN_HEAD} OR {GOVERNED}",
    added=CORE,
    changed=f"{CORE} OR {PANEL} OR {OWN_HEAD}",
)


def _of_category(condition: str) -> str:
    return (
        "EXISTS (SELECT FROM support_category c WHERE c.authority_id = support_category_change.authority_id"
        f" AND c.id = support_category_change.support_category_id{condition})"
    )


OF_CHANGE = RowPolicy(
    seen=f"{CORE} OR {_of_category('')}", added=role_is(Role.HEAD_OF_SERVICE), changed="false"
)


async def identify_requester(session: AsyncSession, person: Principal) -> frozenset[int]:
    """Set this person as the requester of the transaction; without one, no category is visible.

    Call it before each query of categories, because another requester may be set in the same transaction. Returns the
    URNs of the schools in which the person has an interest.
    """
    interests: frozenset[int] = frozenset()
    if person.id is not None and person.role in CONSORTIUM_ROLES | {Role.CORE_OFFICER, Role.HEAD_OF_SERVICE}:
        known: dict[UUID, frozenset[int]] = session.info.setdefault(KNOWN, {})
        if person.id not in known:
            known[person.id] = await schools_of_interest(
                session, person.authority_id, person.id, person.today
            )
        interests = known[person.id]
    leading = person.role in CONSORTIUM_ROLES
    await set_requester(
        session,
        RequesterContext(
            person.authority_id,
            person.role.value,
            person.id,
            person.school_urn,
            person.consortium_ids if leading else (),
            interests,
            person.organisation_schools,
        ),
    )
    return interests
