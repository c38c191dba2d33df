"""Queries for readings. The caller has set the requester, whose readings PostgreSQL shows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import ROLE_NAMES, Principal, Role
from alongside.platform.database.reads import Read, fetch_all


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """Who has read a version of a document: first opened, and signed."""

    name: str
    role: str
    number: int
    seen_at: datetime
    signed_at: datetime | None
    own: bool

    @property
    def role_name(self) -> str:
        """The name of the role."""
        return ROLE_NAMES[Role(self.role)]


READINGS = Read(
    text(
        """
    SELECT p.name, r.role, r.number, min(r.read_at) AS seen_at,
           min(r.read_at) FILTER (WHERE r.act = 'signed') AS signed_at,
           r.person_id = :person_id AND r.role = :role AS own
      FROM document_reading r
      JOIN person p ON p.authority_id = :authority_id AND p.id = r.person_id
     WHERE r.authority_id = :authority_id AND r.document_id = :document_id
     GROUP BY p.name, r.role, r.number, r.person_id
     ORDER BY r.number DESC, seen_at, p.name, r.role LIMIT 100
    """
    ).bindparams(
        bindparam("authority_id", type_=Integer),
        bindparam("document_id", type_=Uuid),
        bindparam("person_id", type_=Uuid),
    ),
    ReadingRow,
)


async def readings_of(session: AsyncSession, person: Principal, document_id: UUID) -> list[ReadingRow]:
    """Return who has read and signed a document, the newest version first."""
    values = {
        "authority_id": person.authority_id,
        "document_id": document_id,
        "person_id": person.id,
        "role": person.role.value,
    }
    return await fetch_all(session, READINGS, values)


def has_signed(readings: list[ReadingRow], number: int) -> bool:
    """Return whether the reader has signed this version."""
    return any(one.own and one.number == number and one.signed_at is not None for one in readings)
