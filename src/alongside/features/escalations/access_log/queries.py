"""Queries for access to an escalation: named readers, the access log, and who has it open."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.access_log.models import EscalationAccess, NamedReader, Presence
from alongside.features.escalations.queries import AUTHORITY, ESCALATION_ID, PART_ID, of_person
from alongside.features.escalations.rows import PersonInRole
from alongside.features.people.models import Person
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all

PRESENT_SECONDS = 90
"""Seconds for which an officer counts as present after their browser last reported it."""


class ReaderRow(msgspec.Struct, frozen=True):
    """A named reader of an escalation, with the seat they hold on the board."""

    id: UUID
    escalation_id: UUID
    seat: str
    named_at: datetime
    name: str


class Reading(msgspec.Struct, frozen=True):
    """An entry of the access log with the name of the person."""

    read_at: datetime
    part: str
    role: str
    name: str


_READERS = (
    select(NamedReader.id, NamedReader.escalation_id, NamedReader.seat, NamedReader.named_at, Person.name)
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == NamedReader.person_id))
    .where(NamedReader.authority_id == AUTHORITY, NamedReader.ended_at.is_(None))
    .order_by(Person.name, NamedReader.id)
)
READERS = Read(_READERS.where(NamedReader.escalation_id == ESCALATION_ID), ReaderRow)
"""The named readers of an escalation."""

READER = Read(
    _READERS.where(NamedReader.escalation_id == ESCALATION_ID, NamedReader.id == PART_ID), ReaderRow
)
READINGS = Read(
    select(EscalationAccess.read_at, EscalationAccess.part, EscalationAccess.role, Person.name)
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == EscalationAccess.person_id))
    .where(EscalationAccess.authority_id == AUTHORITY, EscalationAccess.escalation_id == ESCALATION_ID)
    .order_by(EscalationAccess.id.desc())
    .limit(literal_column("200")),
    Reading,
)
"""The latest 200 entries of the access log, newest first; the row policy shows them to the core team only."""

PRESENT = Read(
    select(Person.name)
    .join(Presence, (Presence.authority_id == AUTHORITY) & (Person.id == Presence.person_id))
    .where(
        Person.authority_id == AUTHORITY,
        Presence.escalation_id == ESCALATION_ID,
        Presence.person_id != bindparam("person_id"),
        Presence.seen_at > text(f"now() - interval '{PRESENT_SECONDS} seconds'"),
    )
    .order_by(Person.name),
    str,
)
TO_NAME = Read(
    text(
        """
        SELECT DISTINCT p.id, p.name, a.role FROM role_assignment a
          JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
         WHERE a.authority_id = :authority_id AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
           AND (p.left_on IS NULL OR p.left_on > :today)
           AND a.role IN ('headteacher', 'consortium_lead', 'consortium_deputy')
         ORDER BY p.name, p.id LIMIT 1000
        """
    ),
    PersonInRole,
)


async def present_at(session: AsyncSession, person: Principal, escalation_id: UUID) -> list[str]:
    """Return the names of the other officers who have an escalation open now."""
    return await fetch_all(session, PRESENT, of_person(person, escalation_id=escalation_id))


async def people_to_name(session: AsyncSession, person: Principal) -> list[PersonInRole]:
    """Return the people who can be named as readers: heads, leads and deputies, because the board consists of
    them.
    """
    return await fetch_all(session, TO_NAME, {"authority_id": person.authority_id, "today": person.today})
