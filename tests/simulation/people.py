"""The users of the simulation: heads, delegates, leads and the core team, read from the database."""

import secrets
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any
from uuid import UUID, uuid4

from alongside.features.people.queries import hashed
from tests.simulation.database import Watcher
from tests.simulation.schools import SimulatedSchool

GIVEN = [
    "Ada",
    "Ben",
    "Cara",
    "Dev",
    "Ella",
    "Finn",
    "Grace",
    "Hana",
    "Ivan",
    "Jo",
    "Kit",
    "Lena",
    "Max",
    "Nia",
    "Omar",
    "Pia",
    "Rafi",
    "Sara",
    "Tom",
    "Una",
    "Vera",
    "Will",
    "Yara",
    "Zoe",
]
FAMILY = [
    "Abbot",
    "Baker",
    "Carver",
    "Dyer",
    "Eaves",
    "Fuller",
    "Glover",
    "Hayward",
    "Iles",
    "Joiner",
    "Knapper",
    "Lorimer",
    "Mason",
    "Naylor",
    "Osler",
    "Piper",
]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in one role who can sign in on a day."""

    authority_id: int
    person_id: UUID
    role_assignment_id: UUID
    name: str
    email: str
    role: str
    school_urn: int | None
    consortium_id: UUID | None


PRESENT = """
SELECT a.authority_id, p.id AS person_id, a.id AS role_assignment_id, p.name, p.email, a.role, a.school_urn, a.consortium_id
  FROM role_assignment a JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
  LEFT JOIN consortium c ON c.authority_id = a.authority_id AND c.id = a.consortium_id
 WHERE a.authority_id = $1 AND a.starts_on <= $2 AND (a.ends_on IS NULL OR a.ends_on > $2)
   AND (p.left_on IS NULL OR p.left_on > $2)
 ORDER BY p.email, a.role, a.school_urn, c.key
"""
SIGN_IN = """
INSERT INTO user_session (authority_id, token_hash, person_id, role_assignment_id, issuer, device, expires_at)
VALUES ($1, $2, $3, $4, 'https://simulation.example', 'Simulation', now() + interval '2 hours')
ON CONFLICT DO NOTHING -- sent again when PostgreSQL was killed after the commit
"""


async def present(connection: Watcher, authority_id: int, day: date) -> list[Actor]:
    """All people with a role on this day, once for each role."""
    return [Actor(**dict(row)) for row in await connection.fetch(PRESENT, authority_id, day)]


async def sign_in(connection: Watcher, one: Actor) -> str:
    """Create a session for this person and role, as after sign-in. Returns the cookie."""
    token = secrets.token_urlsafe(32)
    await connection.execute(SIGN_IN, one.authority_id, hashed(token), one.person_id, one.role_assignment_id)
    return token


async def appoint(
    connection: Watcher, place: SimulatedSchool, name: str, role: str, since: date, **at: Any
) -> None:
    """Create a person who has a role from the start."""
    person = uuid4()
    email = f"{name.lower().replace(' ', '.')}@{place.slug}.gov.uk"
    await connection.execute(
        "INSERT INTO person (authority_id, id, name, email) VALUES ($1, $2, $3, $4)",
        place.code,
        person,
        name,
        email,
    )
    await connection.execute(
        "INSERT INTO role_assignment (authority_id, person_id, role, school_urn, consortium_id, starts_on)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        place.code, person, role, at.get("school_urn"), at.get("consortium_id"), since,
    )  # fmt: skip


async def staff(connection: Watcher, place: SimulatedSchool, since: date, random: Random) -> None:
    """Create a head for each school, a delegate for every fifth, leads, deputies and the core team."""
    names = (f"{one} {other}" for number in range(1, 99) for one, other in _pairs(random, number))
    for number, school in enumerate(place.open_schools):
        await appoint(connection, place, next(names), "headteacher", since, school_urn=school.urn)
        if number % 5 == 0:
            await appoint(connection, place, next(names), "delegate", since, school_urn=school.urn)
    for row in await connection.fetch(
        "SELECT id FROM consortium WHERE authority_id = $1 ORDER BY key", place.code
    ):
        for role in ("consortium_lead", "consortium_deputy"):
            await appoint(connection, place, next(names), role, since, consortium_id=row["id"])
    for role in ("core_officer", "core_officer", "head_of_service", "authority_administrator"):
        await appoint(connection, place, next(names), role, since)


def _pairs(random: Random, number: int) -> list[tuple[str, str]]:
    pairs = [(one, f"{other}{'' if number == 1 else chr(95 + number)}") for one in GIVEN for other in FAMILY]
    random.shuffle(pairs)
    return pairs


SHARES = {
    "headteacher": 62,
    "delegate": 8,
    "consortium_lead": 12,
    "consortium_deputy": 4,
    "core_officer": 10,
    "head_of_service": 3,
    "authority_administrator": 1,
}
"""The share of actions by role, in percent."""


def somebody(actors: list[Actor], random: Random) -> Actor:
    """Choose the person who acts next."""
    there = sorted({one.role for one in actors})
    role = random.choices(there, [SHARES[one] for one in there])[0]
    return random.choice([one for one in actors if one.role == role])
