"""Who can read a figure: its row policy in PostgreSQL, and the requester that it reads.

The core team reads all figures, a headteacher and their delegate those of their own school, and the leads of a
consortium those of its member schools, except schools in which they have an interest and figures about fewer than six
pupils, or about an unknown number. Everybody else reads none.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.interests.queries import schools_of_interest
from alongside.features.performance.statuses import FEWEST_PUPILS
from alongside.platform.access.principal import (
    CONSORTIUM_ROLES,
    GOVERNING_ROLES,
    SCHOOL_ROLES,
    Principal,
    Role,
)
from alongside.platform.database.requester_context import (
    CONSORTIA,
    INTERESTS,
    ROLE,
    SCHOOL,
    RequesterContext,
    RowPolicy,
    set_requester,
)


def _role_is(*roles: Role) -> str:
    return f"{ROLE} IN ({', '.join(repr(role.value) for role in sorted(roles))})"


CORE = _role_is(Role.CORE_OFFICER, Role.HEAD_OF_SERVICE, Role.SYSTEM)
OWN_SCHOOL = f"({_role_is(*SCHOOL_ROLES)} AND school_urn = (SELECT nullif({SCHOOL}, '')::integer))"
"""SQL condition; the sub-select is evaluated once a statement, so that an index on the URN can be used."""

GOVERNED_SCHOOL = f"""({_role_is(*GOVERNING_ROLES)}
    AND school_urn = ANY ((SELECT string_to_array(nullif({SCHOOL}, ''), ',')::integer[])::integer[]))"""
"""SQL condition: a school of the chair of governors, or of the officer of its trust or diocese."""

MEMBER_SCHOOL = f"""({_role_is(*CONSORTIUM_ROLES)}
    AND school_urn = ANY ((SELECT array_agg(m.school_urn) FROM consortium_membership m
        WHERE m.authority_id = (SELECT security.authority_id())
          AND m.consortium_id = ANY (string_to_array({CONSORTIA}, ',')::uuid[])
          AND m.starts_on <= (now() AT TIME ZONE 'Europe/London')::date
          AND (m.ends_on IS NULL OR m.ends_on > (now() AT TIME ZONE 'Europe/London')::date))::integer[])
    AND school_urn <> ALL ((SELECT string_to_array({INTERESTS}, ',')::integer[])::integer[]))"""  # noqa: S608  (names of our own)

OF_FIGURE = RowPolicy(
    seen=f"{CORE} OR {OWN_SCHOOL} OR ({MEMBER_SCHOOL} AND denominator >= {FEWEST_PUPILS})",
    added=CORE,
)
OF_SCHOOL = RowPolicy(seen=f"{CORE} OR {OWN_SCHOOL} OR {MEMBER_SCHOOL}", added=CORE)
OF_CORE_TEAM = RowPolicy(seen=CORE)


KNOWN = "interests_of"
"""The key under which a session keeps the schools in which its people have an interest."""


async def identify_requester(session: AsyncSession, person: Principal) -> None:
    """Set this person as the requester of the transaction; without one, no figure is visible.

    Call it before each query of figures, because another requester may be set in the same transaction.
    """
    leading = person.role in CONSORTIUM_ROLES
    interests: frozenset[int] = frozenset()
    if leading and person.id is not None:
        known: dict[UUID, frozenset[int]] = session.info.setdefault(KNOWN, {})
        if person.id not in known:
            known[person.id] = await schools_of_interest(
                session, person.authority_id, person.id, person.today
            )
        interests = known[person.id]
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
