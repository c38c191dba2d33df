"""Set the requester for the row policies of escalations, and find the schools in which a person has an
interest.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.platform.access.principal import CONSORTIUM_ROLES, Principal, Role
from alongside.platform.database.ddl import promise
from alongside.platform.database.requester_context import RequesterContext, set_requester

HANDLERS = CONSORTIUM_ROLES | {Role.CORE_OFFICER, Role.HEAD_OF_SERVICE}
"""Roles that can handle an escalation, so that their interests matter."""

KNOWN = "interests_of"

promise(
    "who_has_an_interest_in_which_schools",
    """
CREATE FUNCTION interests_of(of_authority integer, of_person uuid, on_day date) RETURNS SETOF integer
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    WITH own AS (
        SELECT s.urn, s.trust_uid FROM public.role_assignment a
          JOIN public.school s ON s.authority_id = of_authority AND s.urn = a.school_urn
         WHERE a.authority_id = of_authority AND a.person_id = of_person
           AND a.starts_on <= on_day AND (a.ends_on IS NULL OR a.ends_on > on_day))
    SELECT urn FROM own
    UNION
    SELECT s.urn FROM public.school s JOIN own ON own.trust_uid = s.trust_uid WHERE s.authority_id = of_authority
    UNION
    SELECT other_urn FROM public.declared_interest
     WHERE authority_id = of_authority AND person_id = of_person AND ended_at IS NULL
$$;
""",
)

INTERESTS = text("SELECT interests_of(:authority_id, :person_id, :today)")


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
    known: dict[Any, frozenset[int]] = session.info.setdefault(KNOWN, {})
    if person.id not in known:
        values = {"authority_id": person.authority_id, "person_id": person.id, "today": person.today}
        known[person.id] = frozenset((await session.scalars(INTERESTS, values)).all())
    return known[person.id]


async def refuse_interest(session: AsyncSession, person: Principal, row: Any) -> None:
    """Raise ActionRefused if this person has an interest in the escalation's school.

    Checked at every action, because an interest may start at any time. Source: domain §4.3 F24.
    """
    if row.school_urn in await interests_of(session, person):
        raise ActionRefused(
            f"You have an interest in {row.school}, so somebody else handles this escalation: your deputy or lead, a "
            "colleague, or another consortium.",
            row.state,
        )


async def has_interest(session: AsyncSession, person: Principal, other_id: UUID, urn: int) -> bool:
    """Whether another person has an interest in a school."""
    values = {"authority_id": person.authority_id, "person_id": other_id, "today": person.today}
    return urn in (await session.scalars(INTERESTS, values)).all()
