"""Set the requester for the row policies of escalations, and find the schools in which a person has an
interest.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.escalations.rows import EscalationRow
from alongside.features.interests.queries import schools_of_interest
from alongside.platform.access.principal import CONSORTIUM_ROLES, Principal, Role
from alongside.platform.database.requester_context import RequesterContext, set_requester

HANDLERS = CONSORTIUM_ROLES | {Role.CORE_OFFICER, Role.HEAD_OF_SERVICE}
"""Roles that can handle an escalation, so that their interests matter."""

KNOWN = "interests_of"


async def identify_requester(session: AsyncSession, person: Principal) -> None:
    """Set this person as the requester of the transaction; without one, no escalation is visible.

    Call it before each query of escalations, because another person may be set in the same transaction.
    """
    await set_requester(
        session,
        RequesterContext(
            person.authority_id,
            person.role.value,
            person.id,
            person.school_urn,
            person.consortium_ids if person.role in CONSORTIUM_ROLES else (),
            await interests_of(session, person),
        ),
    )


async def interests_of(session: AsyncSession, person: Principal) -> Collection[int]:
    """The URNs of the schools in which a person has an interest: their own, the same trust's, or declared."""
    if person.role not in HANDLERS or person.id is None:
        return frozenset()
    known: dict[UUID, frozenset[int]] = session.info.setdefault(KNOWN, {})
    if person.id not in known:
        known[person.id] = await schools_of_interest(session, person.authority_id, person.id, person.today)
    return known[person.id]


async def refuse_interest(session: AsyncSession, person: Principal, row: EscalationRow) -> None:
    """Raise ActionRefused if this person has an interest in the escalation's school.

    Checked at every action, because an interest may start at any time. Source: domain §4.3 F24.
    """
    if row.school_urn in await interests_of(session, person):
        raise ActionRefused(
            f"You have an interest in {row.school}, so you cannot work on this escalation. Ask your deputy or lead, "
            "a colleague or another consortium to work on it.",
            row.state,
        )
