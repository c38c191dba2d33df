"""Who can read and answer a consultation: its row policies in PostgreSQL, and the requester that they read.

The core team reads everything. A school reads the consultations that it is asked in, and its own answer; only its
headteacher writes the answer, in their own name.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import SCHOOL_ROLES, Principal, Role
from alongside.platform.database.requester_context import (
    PERSON,
    SCHOOL,
    RequesterContext,
    RowPolicy,
    role_is,
    set_requester,
)

CORE = role_is(Role.CORE_OFFICER, Role.HEAD_OF_SERVICE, Role.SYSTEM)
OWN_SCHOOL = f"({role_is(*SCHOOL_ROLES)} AND school_urn::text = {SCHOOL})"
OWN_HEAD = f"({role_is(Role.HEADTEACHER)} AND school_urn::text = {SCHOOL})"


def _seen_if_asked(table: str, consultation_id: str) -> str:
    """Return the condition that the core team asks, or that the requester's school is asked."""
    return (
        f"{CORE} OR ({role_is(*SCHOOL_ROLES)} AND EXISTS (SELECT FROM consultation_school asked"
        f" WHERE asked.authority_id = {table}.authority_id AND asked.consultation_id = {consultation_id}"
        f" AND asked.school_urn::text = {SCHOOL}))"
    )


OF_CONSULTATION = RowPolicy(seen=_seen_if_asked("consultation", "consultation.id"), added=CORE)
OF_QUESTION = RowPolicy(
    seen=_seen_if_asked("consultation_question", "consultation_question.consultation_id"), added=CORE
)
OF_SCHOOL = RowPolicy(seen=f"{CORE} OR {OWN_SCHOOL}", added=CORE, changed=role_is(Role.SYSTEM))
OF_ANSWER = RowPolicy(seen=f"{CORE} OR {OWN_SCHOOL}", added=f"{OWN_HEAD} AND answered_by::text = {PERSON}")


async def identify_requester(session: AsyncSession, person: Principal) -> None:
    """Set this person as the requester of the transaction; without one, no consultation is visible.

    Call it before each query of consultations, because another requester may be set in the same transaction.
    """
    await set_requester(
        session,
        RequesterContext(
            person.authority_id, person.role.value, person.id, person.school_urn, person.consortium_ids
        ),
    )
