"""Queries for motions: one with its parts, those of a body, what waits for a person, and the count of the votes."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.motions import statements
from alongside.features.motions.access_policy import identify_requester
from alongside.features.motions.electorate import Interest
from alongside.features.motions.rows import (
    Count,
    DerivedInterest,
    ElectorRow,
    InterestRow,
    MotionRow,
    OverrulingRow,
    ReferralRow,
    SubjectRow,
    Waiting,
    YearCount,
)
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import fetch_all, fetch_one
from alongside.platform.database.requester_context import RequesterContext, set_requester

A_PAGE, ALL = 25, 10_000
GROUPS: Mapping[str, tuple[str, Sequence[str]]] = {
    "current": ("Current", ("tabled", "open", "tied", "referred")),
    "decided": ("Decided", ("carried", "lost", "inquorate", "granted", "refused")),
    "ended": ("Ended without a decision, or rescinded", ("deferred", "withdrawn", "rescinded")),
}
"""The lists of motions: key, label and states."""


async def get_motion(
    session: AsyncSession, person: Principal, _permission: Permission, motion_id: UUID
) -> MotionRow:
    """Return a motion that this person reads. Raises NotFound."""
    await identify_requester(session, person)
    found = await fetch_one(
        session,
        statements.ONE,
        {"authority_id": person.authority_id, "motion_id": motion_id, "person_id": person.id},
    )
    if found is None:
        raise NotFound
    return found


async def motions_of_body(
    session: AsyncSession, person: Principal, body_id: UUID, group: str, number: int = 1, size: int = A_PAGE
) -> tuple[Sequence[MotionRow], bool]:
    """Return a page of the motions of a body in the states of a group, newest first, and whether there are more."""
    await identify_requester(session, person)
    values = {
        "authority_id": person.authority_id,
        "body_id": body_id,
        "person_id": person.id,
        "states": list(GROUPS[group][1]),
        "most": size + 1,
        "skipped": (number - 1) * size,
    }
    found = await fetch_all(session, statements.OF_BODY, values)
    return found[:size], len(found) > size


def _ids(row: MotionRow) -> dict[str, object]:
    return {"authority_id": row.authority_id, "motion_id": row.id}


async def electors_of_motion(session: AsyncSession, row: MotionRow) -> list[ElectorRow]:
    """Return the electorate of a motion with the live votes, those with a vote first."""
    return await fetch_all(session, statements.ELECTORS, _ids(row))


async def shown_interests(session: AsyncSession, row: MotionRow) -> list[InterestRow]:
    """Return the interests in the subject of a motion with the names of the people."""
    return await fetch_all(session, statements.SHOWN_INTERESTS, _ids(row))


async def overruling_of(session: AsyncSession, row: MotionRow) -> OverrulingRow | None:
    """Return the overruling of a motion, if there is one."""
    return await fetch_one(session, statements.OVERRULING, _ids(row))


async def referral_of(session: AsyncSession, row: MotionRow) -> ReferralRow | None:
    """Return the referral of a motion, if there is one."""
    return await fetch_one(session, statements.REFERRAL, _ids(row))


async def schools_of(session: AsyncSession, row: MotionRow) -> list[str]:
    """Return the names of the schools that a motion concerns."""
    return await fetch_all(session, statements.SCHOOLS, _ids(row))


async def subjects_of(session: AsyncSession, row: MotionRow) -> list[SubjectRow]:
    """Return the records that a motion decides on."""
    return await fetch_all(session, statements.SUBJECTS, _ids(row))


async def school_choices(session: AsyncSession, person: Principal) -> list[tuple[str, str]]:
    """Return the schools that a motion can concern: URN and name."""
    found = await fetch_all(session, statements.SCHOOL_CHOICES, {"authority_id": person.authority_id})
    return [(one.value, one.label) for one in found]


async def derived_interests(
    session: AsyncSession, authority_id: int, motion_id: UUID, today: date
) -> list[DerivedInterest]:
    """Return the seats whose holder has an interest in a school that the motion concerns."""
    values = {"authority_id": authority_id, "motion_id": motion_id, "today": today}
    return await fetch_all(session, statements.DERIVED, values)


async def interests_in(session: AsyncSession, authority_id: int, motion_id: UUID) -> list[Interest]:
    """Return the interests in the subject of a motion, the derived ones first."""
    return await fetch_all(
        session, statements.INTERESTS, {"authority_id": authority_id, "motion_id": motion_id}
    )


async def count_votes(session: AsyncSession, authority_id: int, motion_id: UUID) -> Count:
    """Count the live votes of a motion."""
    found = await fetch_one(session, statements.COUNT, {"authority_id": authority_id, "motion_id": motion_id})
    assert found is not None
    return found


async def to_vote(session: AsyncSession, person: Principal) -> list[Waiting]:
    """Return the motions on which this member must still vote between meetings, soonest first."""
    await identify_requester(session, person)
    return await fetch_all(
        session, statements.TO_VOTE, {"authority_id": person.authority_id, "person_id": person.id}
    )


async def to_manage(session: AsyncSession, person: Principal) -> list[Waiting]:
    """Return the motions to open, those open in a meeting, and those that wait for the chair's casting vote."""
    await identify_requester(session, person)
    return await fetch_all(session, statements.TO_MANAGE, {"authority_id": person.authority_id})


async def past_closing(session: AsyncSession, person: Principal) -> list[Waiting]:
    """Return the written motions whose closing time is over. `person` is the system."""
    await identify_requester(session, person)
    return await fetch_all(session, statements.PAST_CLOSING, {"authority_id": person.authority_id})


async def overruled_by_year(session: AsyncSession, person: Principal, body_id: UUID) -> list[YearCount]:
    """Return how many decisions of a body were overruled in each year, for everybody who sees the body.

    Counts as the system, because most of them read no motion.
    """
    await set_requester(session, RequesterContext(person.authority_id, "system"))
    return await fetch_all(
        session, statements.OVERRULED, {"authority_id": person.authority_id, "body_id": body_id}
    )
