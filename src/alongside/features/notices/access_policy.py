"""Who can read a notice: its row policies in PostgreSQL, and the requester that they read.

The audience is resolved when a row is read, from the role in which the person acts now: people who join the audience
later see the notice, and people who leave it do not. The core team reads all notices that were sent; a draft is seen by
the core team, or by the leads of the consortium that writes it.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities.phases import KINDS_BEFORE_PHASE
from alongside.platform.access.principal import CONSORTIUM_ROLES, Principal, Role
from alongside.platform.database.requester_context import (
    CONSORTIA,
    PERSON,
    ROLE,
    SCHOOL,
    RequesterContext,
    RowPolicy,
    is_among,
    set_requester,
)


def _role_is(*roles: Role) -> str:
    return f"{ROLE} IN ({', '.join(repr(role.value) for role in sorted(roles))})"


SYSTEM = _role_is(Role.SYSTEM)
CORE = _role_is(Role.CORE_OFFICER, Role.HEAD_OF_SERVICE, Role.SYSTEM)
LEADS = _role_is(*CONSORTIUM_ROLES)
DECIDING_PHASE = f"CASE WHEN s.kind IN {KINDS_BEFORE_PHASE} THEN s.kind ELSE s.phase END"
"""SQL: the phase or kind by which a school belongs to the phase of a notice, as in the settings of phases."""

_TO_HEADS = f"""(audience = 'heads'
    AND ({_role_is(Role.HEADTEACHER)} OR (with_delegates AND {_role_is(Role.DELEGATE)}))
    AND (audience_consortium_id IS NULL OR {is_among("audience_consortium_id", CONSORTIA)})
    AND (notice.phase IS NULL OR EXISTS (
        SELECT FROM school s WHERE s.authority_id = notice.authority_id AND s.urn::text = {SCHOOL}
           AND {DECIDING_PHASE} = ANY (notice.school_phases))))"""
_TO_LEADS = f"""(audience = 'leads' AND {LEADS}
    AND (notice.phase IS NULL OR EXISTS (
        SELECT FROM consortium c WHERE c.authority_id = notice.authority_id AND c.phase = notice.phase
           AND {is_among("c.id", CONSORTIA)})))"""


def _own(notice: str) -> str:
    """Return the condition that the requester may change a notice: the core team, or the leads who sent it."""
    return f"({CORE} OR ({LEADS} AND {is_among(f'{notice}.consortium_id', CONSORTIA)}))"


_WRITERS = f"(({CORE} AND consortium_id IS NULL) OR ({LEADS} AND {is_among('consortium_id', CONSORTIA)}) OR {SYSTEM})"
OF_NOTICE = RowPolicy(
    seen=f"{_WRITERS} OR (posted_at IS NOT NULL AND ({CORE} OR {_TO_HEADS} OR {_TO_LEADS}))",
    added=_WRITERS,
    changed=f"{_WRITERS} OR (posted_at IS NOT NULL AND {CORE})",
)


def of_notice_part(table: str, *, added: str = "", changed: str = "", seen: str = "") -> RowPolicy:
    """Return the row policy of a table that belongs to a notice: people who can read the notice can read its parts.

    `added`, `changed` and `seen` are further conditions; without one, only those who sent the notice add and change.
    """
    inside = f"SELECT FROM notice n WHERE n.authority_id = {table}.authority_id AND n.id = {table}.notice_id"
    readers, owners = f"EXISTS ({inside})", f"EXISTS ({inside} AND {_own('n')})"
    return RowPolicy(
        seen=f"{CORE} OR ({readers} AND {seen.format(owners=owners) or 'true'})",
        added=f"{SYSTEM} OR {f'({readers} AND {added})' if added else owners}",
        changed=changed or f"{SYSTEM} OR {owners}",
    )


OF_FILE = of_notice_part("notice_file")
OF_CORRECTION = of_notice_part("notice_correction", changed="false")
OF_QUESTION = of_notice_part(
    "notice_question", added=f"asked_by::text = {PERSON} AND answered_at IS NULL AND answered_by IS NULL"
)
OF_READING = of_notice_part(
    "notice_reading",
    added=f"person_id::text = {PERSON}",
    changed="false",
    seen=f"(person_id::text = {PERSON} OR {{owners}})",
)


async def identify_requester(session: AsyncSession, person: Principal) -> None:
    """Set this person as the requester of the transaction; without one, no notice is visible.

    Call it before each query of notices, because another requester may be set in the same transaction.
    """
    await set_requester(
        session,
        RequesterContext(
            person.authority_id, person.role.value, person.id, person.school_urn, person.consortium_ids
        ),
    )
