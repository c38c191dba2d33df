"""Who reads an escalation: named readers, the log, who has it open."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.access_log.models import EscalationAccess, NamedReader, Presence
from alongside.features.escalations.queries import AUTHORITY, of_escalation
from alongside.features.people.models import Person
from alongside.platform.access.principal import Principal

PRESENT_SECONDS = 90
"""How long somebody counts as having an escalation open after that was last heard."""

READERS: Any = (
    select(NamedReader.id, NamedReader.seat, NamedReader.named_at, Person.name)
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == NamedReader.person_id))
    .where(
        NamedReader.authority_id == AUTHORITY,
        NamedReader.escalation_id == bindparam("escalation_id"),
        NamedReader.ended_at.is_(None),
    )
    .order_by(Person.name, NamedReader.id)
)
READINGS: Any = (
    select(EscalationAccess.read_at, EscalationAccess.part, EscalationAccess.role, Person.name)
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == EscalationAccess.person_id))
    .where(
        EscalationAccess.authority_id == AUTHORITY,
        EscalationAccess.escalation_id == bindparam("escalation_id"),
    )
    .order_by(EscalationAccess.id.desc())
    .limit(literal_column("200"))
)
PRESENT: Any = (
    select(Person.name, Presence.seen_at)
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == Presence.person_id))
    .where(
        Presence.authority_id == AUTHORITY,
        Presence.escalation_id == bindparam("escalation_id"),
        Presence.person_id != bindparam("person_id"),
        Presence.seen_at > text(f"now() - interval '{PRESENT_SECONDS} seconds'"),
    )
    .order_by(Person.name)
)
TO_NAME = text(
    """
    SELECT DISTINCT p.id, p.name, a.role FROM role_assignment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
     WHERE a.authority_id = :authority_id AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
       AND a.role IN ('headteacher', 'consortium_lead', 'consortium_deputy')
     ORDER BY p.name, p.id LIMIT 1000
    """
)


async def readers_of(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """The people named to read an escalation, with the seat for which they were."""
    return await of_escalation(session, person, READERS, escalation_id)


async def readings_of(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """Who read an escalation and when, the latest first, 200 at most; only the core team is shown them."""
    return await of_escalation(session, person, READINGS, escalation_id)


async def present_at(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """Which other officers have an escalation open just now."""
    values = {"authority_id": person.authority_id, "escalation_id": escalation_id, "person_id": person.id}
    return (await session.execute(PRESENT, values)).all()


async def people_to_name(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """Who may be named to read an escalation: heads and leads, of whom the board is made."""
    values = {"authority_id": person.authority_id, "today": person.today}
    return (await session.execute(TO_NAME, values)).all()
