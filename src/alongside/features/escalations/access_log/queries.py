"""Queries for access to an escalation: named readers, the access log, and who has it open."""

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
"""Seconds for which an officer counts as present after their browser last reported it."""

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
    """Return the named readers of an escalation with their seats."""
    return await of_escalation(session, person, READERS, escalation_id)


async def readings_of(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """Return the latest 200 access log entries, newest first; the row policy shows them to the core team only."""
    return await of_escalation(session, person, READINGS, escalation_id)


async def present_at(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """Return the other officers who have an escalation open now."""
    values = {"authority_id": person.authority_id, "escalation_id": escalation_id, "person_id": person.id}
    return (await session.execute(PRESENT, values)).all()


async def people_to_name(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """Return the people who can be named as readers: heads, leads and deputies, because the board consists of
    them.
    """
    values = {"authority_id": person.authority_id, "today": person.today}
    return (await session.execute(TO_NAME, values)).all()
