"""Queries for methods."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import Integer, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.profiles.method import MethodContent
from alongside.platform.database.reads import Read, fetch_all, fetch_one


class MethodRow(msgspec.Struct, frozen=True):
    """One version of a method."""

    authority_id: int
    id: UUID
    phase: str
    number: int
    state: str
    content: bytes
    decision: str
    adopted_on: date | None
    written_at: datetime

    @property
    def rules(self) -> MethodContent:
        """The content."""
        return msgspec.json.decode(self.content, type=MethodContent)


COLUMNS = "SELECT m.authority_id, m.id, m.phase, m.number, m.state, m.content, m.decision, m.adopted_on, m.written_at"
AUTHORITY = bindparam("authority_id", type_=Integer)
METHODS = Read(
    text(
        f"{COLUMNS} FROM profile_method m WHERE m.authority_id = :authority_id"
        " ORDER BY m.phase, m.number DESC LIMIT 100"
    ).bindparams(AUTHORITY),
    MethodRow,
)
IN_FORCE = Read(
    text(
        f"{COLUMNS} FROM profile_method m"
        " WHERE m.authority_id = :authority_id AND m.phase = :phase AND m.state = 'in_force'"
    ).bindparams(AUTHORITY, bindparam("phase", type_=Text)),
    MethodRow,
)
ONE = Read(
    text(f"{COLUMNS} FROM profile_method m WHERE m.authority_id = :authority_id AND m.id = :id").bindparams(
        AUTHORITY, bindparam("id")
    ),
    MethodRow,
)


async def methods_of(session: AsyncSession, authority_id: int) -> list[MethodRow]:
    """Return all versions, the newest of each phase first."""
    return await fetch_all(session, METHODS, {"authority_id": authority_id})


async def method_in_force(session: AsyncSession, authority_id: int, phase: str) -> MethodRow | None:
    """Return the method by which profiles of a phase are calculated now; None if there is none yet."""
    return await fetch_one(session, IN_FORCE, {"authority_id": authority_id, "phase": phase})


async def method_with(session: AsyncSession, authority_id: int, method_id: UUID) -> MethodRow | None:
    """Return one version; None if it does not exist."""
    return await fetch_one(session, ONE, {"authority_id": authority_id, "id": method_id})
