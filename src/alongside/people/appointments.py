"""The roles that people hold, with the places in which they hold them; personas of the demonstration."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import ROLE_NAMES, Person, Role

HELD = """
      FROM appointment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
      LEFT JOIN school s ON s.authority_id = a.authority_id AND s.urn = a.school_urn
      LEFT JOIN consortium c ON c.authority_id = a.authority_id AND c.id = a.consortium_id
     WHERE a.authority_id = :authority_id
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on >= :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
"""

COLUMNS = (
    "SELECT a.id, a.person_id, p.name, p.email, a.role, a.school_urn, a.consortium_id, "
    "coalesce(s.name, c.name) AS place, a.starts_on, a.ends_on"
)

ROLES_OF_PERSON = text(
    f"""{COLUMNS},
           (SELECT max(i.started_at) FROM signed_in i
             WHERE i.authority_id = :authority_id AND i.appointment_id = a.id) AS last_used_at
    {HELD} AND a.person_id = :person_id
     ORDER BY last_used_at DESC NULLS LAST, a.starts_on, a.id
     LIMIT 50"""
)

APPOINTMENT = text(f"{COLUMNS} {HELD} AND a.id = :appointment_id")

PERSONAS = text(
    f"""{COLUMNS} {HELD}
       AND (:q = '' OR strpos(lower(p.name || ' ' || coalesce(s.name, c.name, '')), lower(:q)) > 0)
     ORDER BY CASE WHEN a.role = 'headteacher' THEN 1 WHEN a.role = 'delegate' THEN 2 ELSE 0 END,
              CASE a.role WHEN 'core_officer' THEN 0 WHEN 'head_of_service' THEN 1
                          WHEN 'authority_administrator' THEN 2 ELSE 3 END,
              coalesce(s.name, c.name), p.name, a.id
     LIMIT 60"""
)


async def roles_of_person(
    session: AsyncSession, authority_id: int, person_id: UUID, today: date
) -> Sequence[Row[Any]]:
    """The roles that somebody holds now, the one used last first."""
    values = {"authority_id": authority_id, "person_id": person_id, "today": today}
    return (await session.execute(ROLES_OF_PERSON, values)).all()


async def appointment_in_force(
    session: AsyncSession, person: Person, appointment_id: UUID
) -> Row[Any] | None:
    """An appointment of anybody here, if it holds now."""
    values = {
        "authority_id": person.authority_id,
        "appointment_id": appointment_id,
        "today": person.today,
    }
    return (await session.execute(APPOINTMENT, values)).one_or_none()


async def personas(session: AsyncSession, person: Person, wanted: str) -> Sequence[Row[Any]]:
    """People to try the demonstration as: the authority's own first, then leads, then heads by school."""
    values = {"authority_id": person.authority_id, "today": person.today, "q": wanted.strip()}
    return (await session.execute(PERSONAS, values)).all()


def role_in_words(row: Row[Any]) -> str:
    """A role with its place: “Headteacher, Mill Primary School”."""
    name = ROLE_NAMES[Role(row.role)]
    return f"{name}, {row.place}" if row.place else name
