"""Queries for the principal of a session and for the people to notify."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Protocol
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Date, Integer, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import OwnSchool, Principal, Role, anonymous
from alongside.platform.database.reads import Read, fetch_all, fetch_one
from alongside.platform.web.security import csrf_token

IDLE_MINUTES = 30
"""Minutes without a request after which a session expires."""

MEMBERS = """
      LEFT JOIN LATERAL (
          SELECT array_agg(DISTINCT m.consortium_id) AS consortium_ids,
                 array_agg(DISTINCT m.school_urn) AS school_urns
            FROM consortium_membership m
           WHERE m.authority_id = :authority_id AND m.starts_on <= :today
             AND (m.ends_on IS NULL OR m.ends_on > :today)
             AND m.consortium_id = ANY(ARRAY(
                  SELECT a.consortium_id
                  UNION ALL
                  SELECT mine.consortium_id FROM consortium_membership mine
                   WHERE mine.authority_id = :authority_id AND mine.school_urn = a.school_urn
                     AND a.role <> 'chair_of_governors'
                     AND mine.starts_on <= :today AND (mine.ends_on IS NULL OR mine.ends_on > :today)))
      ) members ON true
"""
"""SQL: the consortia of role assignment `a` today and the schools in them; a chair of governors acts in none."""

ORGANISATION_SCHOOLS = """
           CASE WHEN a.organisation IS NOT NULL THEN (
               SELECT array_agg(g.urn) FROM school g
                WHERE g.authority_id = :authority_id AND g.status IN ('open', 'closing')
                  AND organisation_of(a.role, g.trust_uid, g.diocese) = a.organisation)
           END AS organisation_schools"""
"""SQL: the open schools of the trust or diocese of role assignment `a`."""

PERSON_OF_SESSION = text(
    f"""
    SELECT s.id AS session_id, p.id, p.name, p.email, a.id AS role_assignment_id, a.role, a.school_urn,
           members.consortium_ids, members.school_urns, t.settings_version,
           own.easting, own.northing, own.phase, own.kind,{ORGANISATION_SCHOOLS},
           (SELECT count(*) FROM role_assignment o
             WHERE o.authority_id = :authority_id AND o.person_id = p.id AND o.id <> a.id
               AND o.starts_on <= :today AND (o.ends_on IS NULL OR o.ends_on > :today)) AS other_roles,
           (SELECT count(*) FROM (
                SELECT FROM notification n
                 WHERE n.authority_id = :authority_id AND n.person_id = p.id AND n.read_at IS NULL
                    AND n.shown_from <= now() LIMIT 100) n)
           AS unread
      FROM user_session s
      JOIN authority t ON t.authority_id = s.authority_id
      JOIN person p ON p.authority_id = s.authority_id AND p.id = s.person_id
      JOIN role_assignment a ON a.authority_id = s.authority_id AND a.id = s.role_assignment_id
       AND a.person_id = p.id
      LEFT JOIN school own ON own.authority_id = a.authority_id AND own.urn = a.school_urn
      {MEMBERS}
     WHERE s.authority_id = :authority_id AND s.token_hash = :token_hash
       AND s.ended_at IS NULL AND s.expires_at > now()
       AND s.seen_at > now() - interval '{IDLE_MINUTES} minutes'
       AND (p.left_on IS NULL OR p.left_on > :today)
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
    """  # noqa: S608  (only our own constants are put in)
)


class SessionRow(msgspec.Struct, frozen=True):
    """The person of a session with the role in which they act, as PERSON_OF_SESSION selects them."""

    session_id: UUID
    id: UUID
    name: str
    email: str
    role_assignment_id: UUID
    role: str
    school_urn: int | None
    consortium_ids: list[UUID] | None
    school_urns: list[int] | None
    settings_version: int
    easting: int | None
    northing: int | None
    phase: str | None
    kind: str | None
    organisation_schools: list[int] | None
    other_roles: int
    unread: int


SESSION_ROW = Read(PERSON_OF_SESSION, SessionRow)


def hashed(token: str) -> bytes:
    """The SHA-256 hash of a secret token, which is stored instead of the token."""
    return hashlib.sha256(token.encode()).digest()


async def person_of_session(
    session: AsyncSession, authority_id: int, token: str | None, today: date
) -> Principal:
    """The principal of a session token, with the current role and its permissions.

    Anonymous when the session, its role or the person is no longer active.
    """
    if not token:
        return anonymous(authority_id, today)
    values = {"authority_id": authority_id, "token_hash": hashed(token), "today": today}
    found = await fetch_one(session, SESSION_ROW, values)
    if found is None:
        return anonymous(authority_id, today)
    return Principal(
        authority_id=authority_id,
        role=Role(found.role),
        today=today,
        id=found.id,
        name=found.name,
        email=found.email,
        role_assignment_id=found.role_assignment_id,
        school_urn=found.school_urn,
        consortium_ids=tuple(found.consortium_ids or ()),
        consortium_schools=frozenset(found.school_urns or ()),
        organisation_schools=frozenset(found.organisation_schools or ()),
        session_id=found.session_id,
        csrf_token=csrf_token(token),
        other_roles=found.other_roles,
        settings_version=found.settings_version,
        own_school=_own_school(found),
        unread=found.unread,
    )


class RoleRow(msgspec.Struct, frozen=True):
    """One role of a person today."""

    id: UUID
    name: str
    email: str
    role_assignment_id: UUID
    role: str
    school_urn: int | None
    consortium_ids: list[UUID] | None
    school_urns: list[int] | None
    organisation_schools: list[int] | None


ROLES_OF_PERSON = Read(
    text(
        f"""
        SELECT p.id, p.name, p.email, a.id AS role_assignment_id, a.role, a.school_urn,
               members.consortium_ids, members.school_urns,{ORGANISATION_SCHOOLS}
          FROM person p
          JOIN role_assignment a ON a.authority_id = p.authority_id AND a.person_id = p.id
          {MEMBERS}
         WHERE p.authority_id = :authority_id AND p.id = :person_id AND (p.left_on IS NULL OR p.left_on > :today)
           AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
         ORDER BY a.id LIMIT 20
        """  # noqa: S608  (only our own constants are put in)
    ),
    RoleRow,
)


async def principals_of_person(
    session: AsyncSession, authority_id: int, person_id: UUID, today: date
) -> list[Principal]:
    """The person in each of their roles today, at most 20; none if they have left."""
    values = {"authority_id": authority_id, "person_id": person_id, "today": today}
    return [
        Principal(
            authority_id=authority_id,
            role=Role(found.role),
            today=today,
            id=found.id,
            name=found.name,
            email=found.email,
            role_assignment_id=found.role_assignment_id,
            school_urn=found.school_urn,
            consortium_ids=tuple(found.consortium_ids or ()),
            consortium_schools=frozenset(found.school_urns or ()),
            organisation_schools=frozenset(found.organisation_schools or ()),
        )
        for found in await fetch_all(session, ROLES_OF_PERSON, values)
    ]


def _own_school(found: SessionRow) -> OwnSchool | None:
    if found.phase is None or found.kind is None:
        return None
    return OwnSchool(found.easting, found.northing, found.phase, found.kind)


class Recipient(msgspec.Struct, frozen=True):
    """A person to notify, in one of their roles; `school_urn` is that of a school role."""

    id: UUID
    name: str
    email: str
    mail_choice: str
    role: str
    school_urn: int | None = None


_URNS = bindparam("urns", type_=ARRAY(Integer))
_TODAY = bindparam("today", type_=Date)
PEOPLE_OF_SCHOOLS = text(
    """
    SELECT DISTINCT p.id, p.name, p.email, p.mail_choice, a.role, a.school_urn
      FROM role_assignment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
     WHERE a.authority_id = :authority_id AND a.school_urn = ANY(:urns) AND a.role = ANY(:roles)
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
    """
).bindparams(_URNS, _TODAY, bindparam("roles", ["headteacher", "delegate"], type_=ARRAY(Text)))
READ_PEOPLE_OF_SCHOOLS = Read(PEOPLE_OF_SCHOOLS, Recipient)


async def people_of_schools(
    session: AsyncSession, authority_id: int, today: date, urns: Iterable[int | None]
) -> list[Recipient]:
    """The headteachers and delegates of these schools, for notifications; None stands for no school."""
    values = {"authority_id": authority_id, "urns": list(urns), "today": today}
    return await fetch_all(session, READ_PEOPLE_OF_SCHOOLS, values)


GOVERNORS_OF_SCHOOL = Read(
    text(
        """
        SELECT DISTINCT p.id, p.name, p.email, p.mail_choice, a.role
          FROM school s
          JOIN role_assignment a ON a.authority_id = :authority_id
           AND (a.role = 'chair_of_governors' AND a.school_urn = s.urn
                OR organisation_of(a.role, s.trust_uid, s.diocese) = a.organisation)
          JOIN person p ON p.authority_id = :authority_id AND p.id = a.person_id
         WHERE s.authority_id = :authority_id AND s.urn = :urn AND s.status IN ('open', 'closing')
           AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
           AND (p.left_on IS NULL OR p.left_on > :today)
         ORDER BY a.role, p.id
        """
    ).bindparams(_TODAY, bindparam("urn", type_=Integer)),
    Recipient,
)


async def governors_of_school(session: AsyncSession, person: Principal, urn: int) -> list[Recipient]:
    """The chair of governors of a school, and the officers of its trust and diocese."""
    values = {"authority_id": person.authority_id, "urn": urn, "today": person.today}
    return await fetch_all(session, GOVERNORS_OF_SCHOOL, values)


LEADERS_OF_SCHOOLS = text(
    """
    SELECT DISTINCT p.id, p.name, p.email, p.mail_choice, a.role
      FROM consortium_membership m
      JOIN role_assignment a ON a.authority_id = m.authority_id AND a.consortium_id = m.consortium_id
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
     WHERE m.authority_id = :authority_id AND m.school_urn = ANY(:urns) AND m.starts_on <= :today
       AND (m.ends_on IS NULL OR m.ends_on > :today)
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
    """
).bindparams(_URNS, _TODAY)
READ_LEADERS_OF_SCHOOLS = Read(LEADERS_OF_SCHOOLS, Recipient)


async def leaders_of_schools(
    session: AsyncSession, authority_id: int, today: date, urns: Iterable[int | None]
) -> list[Recipient]:
    """The leads and deputies of the consortia to which these schools belong today."""
    values = {"authority_id": authority_id, "urns": list(urns), "today": today}
    return await fetch_all(session, READ_LEADERS_OF_SCHOOLS, values)


class HasId(Protocol):
    """A row with the id of a person."""

    @property
    def id(self) -> UUID:
        """The id of the person."""


def ids(rows: Iterable[HasId]) -> list[UUID]:
    """The people's ids without duplicates."""
    return list(dict.fromkeys(row.id for row in rows))
