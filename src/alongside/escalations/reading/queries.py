"""Who reads a case: named readers, the log, who has it open."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.escalations.queries import AUTHORITY, of_case
from alongside.escalations.reading.model import CaseReading, Presence, Reader
from alongside.people.model import PersonRow

PRESENT_SECONDS = 90
"""How long somebody counts as having a case open after that was last heard."""

READERS: Any = (
    select(Reader.id, Reader.seat, Reader.named_at, PersonRow.name)
    .join(PersonRow, (PersonRow.authority_id == AUTHORITY) & (PersonRow.id == Reader.person_id))
    .where(
        Reader.authority_id == AUTHORITY, Reader.case_id == bindparam("case_id"), Reader.ended_at.is_(None)
    )
    .order_by(PersonRow.name, Reader.id)
)
READINGS: Any = (
    select(CaseReading.read_at, CaseReading.part, CaseReading.role, PersonRow.name)
    .join(PersonRow, (PersonRow.authority_id == AUTHORITY) & (PersonRow.id == CaseReading.person_id))
    .where(CaseReading.authority_id == AUTHORITY, CaseReading.case_id == bindparam("case_id"))
    .order_by(CaseReading.id.desc())
    .limit(literal_column("200"))
)
PRESENT: Any = (
    select(PersonRow.name, Presence.seen_at)
    .join(PersonRow, (PersonRow.authority_id == AUTHORITY) & (PersonRow.id == Presence.person_id))
    .where(
        Presence.authority_id == AUTHORITY,
        Presence.case_id == bindparam("case_id"),
        Presence.person_id != bindparam("person_id"),
        Presence.seen_at > text(f"now() - interval '{PRESENT_SECONDS} seconds'"),
    )
    .order_by(PersonRow.name)
)
TO_NAME = text(
    """
    SELECT DISTINCT p.id, p.name, a.role FROM appointment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
     WHERE a.authority_id = :authority_id AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
       AND a.role IN ('headteacher', 'consortium_lead', 'consortium_deputy')
     ORDER BY p.name, p.id LIMIT 1000
    """
)


async def readers_of(session: AsyncSession, person: Person, case_id: UUID) -> Sequence[Row[Any]]:
    """The people named to read a case, with the seat for which they were."""
    return await of_case(session, person, READERS, case_id)


async def readings_of(session: AsyncSession, person: Person, case_id: UUID) -> Sequence[Row[Any]]:
    """Who read a case and when, the latest first, 200 at most; only the core team is shown them."""
    return await of_case(session, person, READINGS, case_id)


async def present_at(session: AsyncSession, person: Person, case_id: UUID) -> Sequence[Row[Any]]:
    """Which other officers have a case open just now."""
    values = {"authority_id": person.authority_id, "case_id": case_id, "person_id": person.id}
    return (await session.execute(PRESENT, values)).all()


async def people_to_name(session: AsyncSession, person: Person) -> Sequence[Row[Any]]:
    """Who may be named to read a case: heads and leads, of whom the board is made."""
    values = {"authority_id": person.authority_id, "today": person.today}
    return (await session.execute(TO_NAME, values)).all()
