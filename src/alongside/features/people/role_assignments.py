"""Role assignments: listing and ending the roles that people hold."""

from datetime import date, datetime
from typing import Protocol
from uuid import UUID

import msgspec
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.people.models import Person, RoleAssignment
from alongside.features.people.queries import principals_of_person
from alongside.features.people.sessions import end_sessions_of
from alongside.platform.access.authorisation import require, schools_within
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import CONSORTIUM_ROLES, ROLE_NAMES, Principal, Role
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.reads import Read, fetch_all, fetch_one
from alongside.platform.web.context import OtherRole

INVITED_BY_HEADS = (Role.DELEGATE, Role.CHAIR_OF_GOVERNORS)
"""The roles to which a headteacher invites for the own school, and which they can end."""

CURRENT = """
      FROM role_assignment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
      LEFT JOIN school s ON s.authority_id = a.authority_id AND s.urn = a.school_urn
      LEFT JOIN consortium c ON c.authority_id = a.authority_id AND c.id = a.consortium_id
     WHERE a.authority_id = :authority_id
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
"""

SCHOOL_OR_GROUP = """coalesce(s.name, c.name, CASE WHEN a.organisation IS NOT NULL THEN coalesce((
        SELECT min(CASE a.role WHEN 'trust_officer' THEN g.trust ELSE g.diocese END) FROM school g
         WHERE g.authority_id = a.authority_id
           AND organisation_of(a.role, g.trust_uid, g.diocese) = a.organisation), a.organisation) END)"""
"""SQL: the name of the school, consortium, trust or diocese of a role `a`."""

COLUMNS = (
    "SELECT a.id, a.person_id, p.name, p.email, a.role, a.school_urn, a.consortium_id, "
    f"{SCHOOL_OR_GROUP} AS place, a.starts_on, a.ends_on, a.organisation"
)


class HeldRole(msgspec.Struct, frozen=True):
    """A role that a person holds; `school_or_consortium` is the name of its school, consortium, trust or diocese."""

    id: UUID
    person_id: UUID
    name: str
    email: str
    role: str
    school_urn: int | None
    consortium_id: UUID | None
    school_or_consortium: str | None
    starts_on: date
    ends_on: date | None
    organisation: str | None


class UsedRole(HeldRole, frozen=True):
    """The same with the time of the latest session in it."""

    last_used_at: datetime | None


class SchoolChoice(msgspec.Struct, frozen=True):
    """A school to which a role can be assigned."""

    urn: int
    name: str


class ConsortiumChoice(msgspec.Struct, frozen=True):
    """A consortium to which a role can be assigned."""

    id: UUID
    name: str


class OrganisationChoice(msgspec.Struct, frozen=True):
    """A trust or diocese to which a role can be assigned: the role, its key in the register and its name."""

    role: str
    key: str
    name: str


class Labelled(Protocol):
    """A role and its place: held, or offered by an invitation."""

    @property
    def role(self) -> str:
        """The key of the role."""

    @property
    def school_or_consortium(self) -> str | None:
        """The name of its school or consortium."""


ROLES_OF_PERSON = Read(
    text(
        f"""{COLUMNS},
           (SELECT max(i.started_at) FROM user_session i
             WHERE i.authority_id = :authority_id AND i.role_assignment_id = a.id) AS last_used_at
    {CURRENT} AND a.person_id = :person_id
     ORDER BY last_used_at DESC NULLS LAST, a.starts_on, a.id
     LIMIT 50"""  # noqa: S608  (only our own constants are put in)
    ),
    UsedRole,
)

APPOINTMENT = Read(text(f"{COLUMNS} {CURRENT} AND a.id = :role_assignment_id"), HeldRole)

PERSONAS = Read(
    text(
        f"""{COLUMNS} {CURRENT}
       AND (:q = '' OR folded_matches(
                concat_ws(' ', p.folded_name, s.folded_name, c.folded_name), (SELECT folded(CAST(:q AS text)))))
     ORDER BY CASE WHEN a.role = 'headteacher' THEN 1 WHEN a.role = 'delegate' THEN 2 ELSE 0 END,
              CASE a.role WHEN 'core_officer' THEN 0 WHEN 'head_of_service' THEN 1
                          WHEN 'authority_administrator' THEN 2 ELSE 3 END,
              place, p.name, a.id
     LIMIT 60"""
    ),
    HeldRole,
)

PAGE_SIZE = 25
PEOPLE = Read(
    text(
        f"""{COLUMNS} {CURRENT}
       AND (CAST(:urns AS integer[]) IS NULL OR a.school_urn = ANY(:urns) OR a.consortium_id = ANY(:consortia))
       AND (:q = '' OR strpos(lower(p.email), lower(:q)) > 0
            OR folded_matches(
                concat_ws(' ', p.folded_name, s.folded_name, c.folded_name), (SELECT folded(CAST(:q AS text)))))
       AND (:role = '' OR a.role = :role)
     ORDER BY lower(p.name), a.starts_on, a.id
     LIMIT {PAGE_SIZE + 1} OFFSET :skipped"""
    ),
    HeldRole,
)

CHOICES_OF_SCHOOL = Read(
    text(
        "SELECT urn, name FROM school WHERE authority_id = :authority_id AND status IN ('open', 'closing') "
        "ORDER BY name, urn LIMIT 2000"
    ),
    SchoolChoice,
)
CHOICES_OF_CONSORTIUM = Read(
    text(
        "SELECT id, name FROM consortium WHERE authority_id = :authority_id AND ended_on IS NULL "
        "ORDER BY name LIMIT 200"
    ),
    ConsortiumChoice,
)


CHOICES_OF_ORGANISATION = Read(
    text(
        """
        SELECT DISTINCT ON (role, key) role, key, name FROM (
            SELECT 'trust_officer' AS role, trust_uid AS key, coalesce(trust, trust_uid) AS name FROM school
             WHERE authority_id = :authority_id AND status IN ('open', 'closing') AND trust_uid IS NOT NULL
            UNION ALL
            SELECT 'diocese_officer', diocese, diocese FROM school
             WHERE authority_id = :authority_id AND status IN ('open', 'closing') AND diocese IS NOT NULL) choice
         ORDER BY role DESC, key, name LIMIT 500
        """
    ),
    OrganisationChoice,
)


async def people_in_scope(
    session: AsyncSession, person: Principal, wanted: str, role: str, number: int
) -> tuple[list[HeldRole], bool]:
    """One page of people with their current roles in the user's scope; and whether there are more."""
    schools = schools_within(person, Permission.VIEW_PEOPLE)
    values = {
        "authority_id": person.authority_id,
        "today": person.today,
        "urns": None if schools is None else sorted(schools),
        "consortia": list(person.consortium_ids) if person.role in CONSORTIUM_ROLES else [],
        "q": wanted.strip()[:100],
        "role": role if role in ROLE_NAMES else "",
        "skipped": (number - 1) * PAGE_SIZE,
    }
    rows = await fetch_all(session, PEOPLE, values)
    return rows[:PAGE_SIZE], len(rows) > PAGE_SIZE


async def schools_and_consortia(
    session: AsyncSession, authority_id: int
) -> tuple[list[SchoolChoice], list[ConsortiumChoice]]:
    """The open schools and consortia to which a role can be assigned."""
    values = {"authority_id": authority_id}
    schools = await fetch_all(session, CHOICES_OF_SCHOOL, values)
    return schools, await fetch_all(session, CHOICES_OF_CONSORTIUM, values)


async def organisations(session: AsyncSession, authority_id: int) -> list[OrganisationChoice]:
    """The trusts and dioceses of the open schools."""
    return await fetch_all(session, CHOICES_OF_ORGANISATION, {"authority_id": authority_id})


async def get_role_assignment(
    session: AsyncSession, person: Principal, permission: Permission, role_assignment_id: UUID
) -> HeldRole:
    """A current role that this user may end; a headteacher only a delegate's or the chair's. Raises NotFound."""
    found = await current_role_assignment(session, person, role_assignment_id)
    if found is None or (permission is Permission.INVITE_DELEGATE and found.role not in INVITED_BY_HEADS):
        raise NotFound
    require(person, permission, found.school_urn)
    return found


async def end_role_assignment(
    session: AsyncSession, person: Principal, permission: Permission, role_assignment_id: UUID
) -> str:
    """End a role now; returns its label.

    Raises ActionRefused for the last administrator, because nobody could invite another.
    """
    found = await get_role_assignment(session, person, permission, role_assignment_id)
    await _refuse_last_administrator(session, person, found.person_id, role_assignment_id)
    await session.execute(
        update(RoleAssignment)
        .where(RoleAssignment.authority_id == person.authority_id, RoleAssignment.id == role_assignment_id)
        .values(ends_on=func.greatest(person.today, RoleAssignment.starts_on))
        .execution_options(synchronize_session=False)
    )
    await record_audit(
        session, person, "end_role", "role_assignment", role_assignment_id, schools=[found.school_urn]
    )
    return role_label(found)


async def let_leave(session: AsyncSession, person: Principal, person_id: UUID) -> str:
    """Mark a person as having left: end all their roles and sessions; returns their name.

    Their records stay, with their name. Raises NotFound, or ActionRefused for the last administrator.
    """
    roles = await roles_of_person(session, person.authority_id, person_id, person.today)
    if not roles:
        raise NotFound
    await _refuse_last_administrator(session, person, person_id, None)
    await session.execute(
        update(RoleAssignment)
        .where(
            RoleAssignment.authority_id == person.authority_id,
            RoleAssignment.person_id == person_id,
            RoleAssignment.id.in_([role.id for role in roles]),
        )
        .values(ends_on=func.greatest(person.today, RoleAssignment.starts_on))
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Person)
        .where(Person.authority_id == person.authority_id, Person.id == person_id)
        .values(left_on=person.today)
    )
    await end_sessions_of(session, person.authority_id, person_id)
    await record_audit(
        session, person, "let_leave", "person", person_id, schools=[role.school_urn for role in roles]
    )
    return roles[0].name


async def _refuse_last_administrator(
    session: AsyncSession, person: Principal, person_id: UUID, role_assignment_id: UUID | None
) -> None:
    administrators = (
        select(RoleAssignment.id, RoleAssignment.person_id)
        .where(
            RoleAssignment.authority_id == person.authority_id,
            RoleAssignment.role == Role.AUTHORITY_ADMINISTRATOR.value,
            RoleAssignment.starts_on <= person.today,
            RoleAssignment.ends_on.is_(None) | (RoleAssignment.ends_on > person.today),
        )
        .order_by(RoleAssignment.id)
        .with_for_update()
    )
    rows = (await session.execute(administrators)).all()
    ending = [row for row in rows if row.person_id == person_id and role_assignment_id in (None, row.id)]
    if ending and len(ending) == len(rows):
        raise ActionRefused("There would be no administrator left. Invite another administrator first.")


async def roles_of_person(
    session: AsyncSession, authority_id: int, person_id: UUID, today: date
) -> list[UsedRole]:
    """The current roles of a person, the most recently used first."""
    values = {"authority_id": authority_id, "person_id": person_id, "today": today}
    return await fetch_all(session, ROLES_OF_PERSON, values)


async def current_role_assignment(
    session: AsyncSession, person: Principal, role_assignment_id: UUID
) -> HeldRole | None:
    """A role assignment of this authority, if it is current."""
    values = {
        "authority_id": person.authority_id,
        "role_assignment_id": role_assignment_id,
        "today": person.today,
    }
    return await fetch_one(session, APPOINTMENT, values)


async def personas(session: AsyncSession, person: Principal, wanted: str) -> list[HeldRole]:
    """The personas of the demonstration: authority roles first, then leads, then headteachers by school."""
    values = {"authority_id": person.authority_id, "today": person.today, "q": wanted.strip()}
    return await fetch_all(session, PERSONAS, values)


def role_label(row: Labelled) -> str:
    """The label of a role with its school or consortium: “Headteacher, Mill Primary School”."""
    name = ROLE_NAMES[Role(row.role)]
    return f"{name}, {row.school_or_consortium}" if row.school_or_consortium else name


async def own_and_other_roles(session: AsyncSession, person: Principal) -> tuple[str, list[OtherRole]]:
    """The label of the role in which a person acts, and their other current roles, the most recently used first."""
    assert person.id is not None
    held = await roles_of_person(session, person.authority_id, person.id, person.today)
    principals = {
        one.role_assignment_id: one
        for one in await principals_of_person(session, person.authority_id, person.id, person.today)
    }
    own = next((role_label(one) for one in held if one.id == person.role_assignment_id), person.role_name)
    others = [one for one in held if one.id != person.role_assignment_id and one.id in principals]
    return own, [OtherRole(one.id, role_label(one), principals[one.id]) for one in others]
