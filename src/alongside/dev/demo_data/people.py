"""Invented people: headteachers, consortium leads and the core team; the same for the same seed."""

from datetime import timedelta
from random import Random
from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.days import set_own_days
from alongside.dev.demo_data.demonstration import Demonstration, DemonstrationSchool, Staff
from alongside.dev.demo_data.texts import FIRST_NAMES, LAST_NAMES
from alongside.features.authorities import settings_of
from alongside.features.people.models import Person, RoleAssignment
from alongside.platform.access.principal import Principal, Role

EXTERNAL = ("independent", "councillor", "partner")
"""Holders of seats of a board who have no other role."""


class Names:
    """Invented names in a fixed order, none twice."""

    def __init__(self, seed: int) -> None:
        """The same names for the same seed."""
        pairs = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
        Random(seed).shuffle(pairs)
        self._pairs = iter(pairs)

    def next(self) -> str:
        """The next name."""
        return next(self._pairs)


class Workplace(TypedDict, total=False):
    """Where somebody works: at a school, for a consortium, a trust or diocese, or for the authority."""

    school_urn: int
    consortium_id: UUID
    organisation: str


async def appoint(
    session: AsyncSession, staff: Staff, name: str, role: Role, **place: Unpack[Workplace]
) -> tuple[UUID, UUID]:
    """Create a person with a role; returns the ids of the person and of the role assignment."""
    email = f"{name.lower().replace(' ', '.')}@{staff.slug}.example"
    person = Person(authority_id=staff.authority_id, name=name, email=email)
    session.add(person)
    await session.flush()
    return person.id, await appoint_also(session, staff, person.id, role, **place)


async def appoint_also(
    session: AsyncSession, staff: Staff, person_id: UUID, role: Role, **place: Unpack[Workplace]
) -> UUID:
    """Assign another role to an existing person."""
    began = staff.today - timedelta(days=400)
    assignment = RoleAssignment(
        authority_id=staff.authority_id, person_id=person_id, role=role.value, starts_on=began, **place
    )
    session.add(assignment)
    await session.flush()
    return assignment.id


async def staff_schools(session: AsyncSession, staff: Staff, schools: list[DemonstrationSchool]) -> None:
    """Create a headteacher per school, a delegate for every fifth, and a lead and deputy per consortium.

    Leads are headteachers of the consortium, with both roles to switch between.
    """
    names = Names(staff.authority_id)
    of_school = {urn: key for key, urns in staff.members.items() for urn in urns}
    people: dict[int, UUID] = {}
    for number, school in enumerate(schools):
        name = names.next()
        person_id, _ = await appoint(session, staff, name, Role.HEADTEACHER, school_urn=school.urn)
        people[school.urn] = person_id
        consortium = of_school.get(school.urn)
        staff.heads[school.urn] = Principal(
            authority_id=staff.authority_id,
            role=Role.HEADTEACHER,
            today=staff.today,
            id=person_id,
            name=name,
            school_urn=school.urn,
            consortium_ids=(consortium,) if consortium else (),
            consortium_schools=frozenset(staff.members.get(consortium, ()) if consortium else ()),
        )
        if number % 5 == 0:
            await appoint(session, staff, names.next(), Role.DELEGATE, school_urn=school.urn)
    for consortium_id, urns in staff.members.items():
        first, second = sorted(urns)[:2]
        for urn, role in ((first, Role.CONSORTIUM_LEAD), (second, Role.CONSORTIUM_DEPUTY)):
            await appoint_also(session, staff, people[urn], role, consortium_id=consortium_id)
        head = staff.heads[first]
        staff.leads[consortium_id] = Principal(
            authority_id=staff.authority_id,
            role=Role.CONSORTIUM_LEAD,
            today=staff.today,
            id=head.id,
            name=head.name,
            consortium_ids=(consortium_id,),
            consortium_schools=frozenset(urns),
        )
    for role in (Role.CORE_OFFICER, Role.CORE_OFFICER, Role.HEAD_OF_SERVICE, Role.AUTHORITY_ADMINISTRATOR):
        name = names.next()
        person_id, _ = await appoint(session, staff, name, role)
        principal = Principal(staff.authority_id, role, staff.today, id=person_id, name=name)
        if role is Role.CORE_OFFICER:
            staff.core.append(principal)
        elif role is Role.HEAD_OF_SERVICE:
            staff.head_of_service = principal
    await appoint_governors(session, staff, schools, names)
    await appoint_members_of_boards(session, staff, names)


LARGEST_TRUST = text(
    "SELECT trust_uid FROM school WHERE authority_id = :authority_id AND status = 'open' AND trust_uid IS NOT NULL"
    " GROUP BY trust_uid ORDER BY count(*) DESC, trust_uid LIMIT 1"
)


async def appoint_governors(
    session: AsyncSession, staff: Staff, schools: list[DemonstrationSchool], names: Names
) -> None:
    """Create the chair of governors of the first school, and an officer of the trust with the most schools."""
    await appoint(session, staff, names.next(), Role.CHAIR_OF_GOVERNORS, school_urn=schools[0].urn)
    trust: str | None = await session.scalar(LARGEST_TRUST, {"authority_id": staff.authority_id})
    if trust is not None:
        await appoint(session, staff, names.next(), Role.TRUST_OFFICER, organisation=trust)


async def appoint_members_of_boards(session: AsyncSession, staff: Staff, names: Names) -> None:
    """Create the clerk, and people for the seats of boards that no school and no officer holds."""
    bodies = settings_of(staff.authority_id).bodies.values()
    if not bodies:
        return
    name = names.next()
    person_id, _ = await appoint(session, staff, name, Role.CLERK)
    staff.clerk = Principal(staff.authority_id, Role.CLERK, staff.today, id=person_id, name=name)
    most = max(
        sum(one.seats for one in body.constituencies.values() if one.holders in EXTERNAL) for body in bodies
    )
    for _ in range(most):
        person_id, _ = await appoint(session, staff, names.next(), Role.BOARD_MEMBER)
        staff.external.append(person_id)


async def fill(demo: Demonstration) -> None:
    """Appoint people at every school and in the authority; they set some schools' own training days."""
    await staff_schools(demo.session, demo.staff, demo.schools)
    await set_own_days(demo.session, demo.staff, demo.schools)
