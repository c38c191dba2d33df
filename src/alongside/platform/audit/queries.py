"""Reads the audit log: timelines, and the checks of the chain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.audit.models import AuditEntry
from alongside.platform.database.reads import select_all, select_one


@dataclass(frozen=True, slots=True)
class RecordedAction:
    """An entry of the audit log about one subject; `changes` are the changed fields as {field: [before, after]}."""

    at: datetime
    person_name: str
    role: str
    verb: str
    note: str | None
    changes: Mapping[str, Sequence[object]]


class BrokenLink(NamedTuple):
    """A fault of a chain: the number of the seal and the id of the entry where they exist, and a sentence."""

    number: int | None
    entry_id: UUID | None
    fault: str


class ChainHead(NamedTuple):
    """The end of a chain: the number and the seal of its last entry."""

    number: int
    seal: bytes


TIMELINE = (
    select(
        AuditEntry.at,
        AuditEntry.person_name,
        AuditEntry.role,
        AuditEntry.verb,
        AuditEntry.note,
        AuditEntry.changes,
    )
    .where(
        AuditEntry.authority_id == bindparam("authority_id"),
        AuditEntry.subject_kind == bindparam("subject_kind"),
        AuditEntry.subject_id == bindparam("subject_id"),
    )
    .order_by(AuditEntry.id.desc())
    .limit(literal_column("200"))
)

BROKEN_LINKS = text(
    """
    SELECT number, entry_id, fault FROM (
        SELECT s.number, s.entry_id,
               CASE WHEN e.id IS NULL THEN 'the entry has been removed'
                    WHEN s.number <> coalesce(lag(s.number) OVER chain, start.number, 0) + 1
                    THEN 'what stood before it has been removed: number '
                         || coalesce(lag(s.number) OVER chain, start.number, 0) + 1 || ' to ' || s.number - 1
                    WHEN s.seal <> entry_seal(coalesce(lag(s.seal) OVER chain, start.seal, '\\x'), e)
                    THEN 'the entry, or its place in the order, has been changed' END AS fault
        FROM audit_seal s
        LEFT JOIN audit_start start ON start.authority_id = s.authority_id
        LEFT JOIN audit_entry e ON e.authority_id = s.authority_id AND e.id = s.entry_id
        WHERE s.authority_id = :authority_id
        WINDOW chain AS (ORDER BY s.number)
    ) link WHERE fault IS NOT NULL
    UNION ALL
    SELECT h.number, NULL, 'the chain does not end where it should' FROM audit_head h
    LEFT JOIN audit_start start ON start.authority_id = h.authority_id
    WHERE h.authority_id = :authority_id
      AND (h.number, h.seal) IS DISTINCT FROM (start.number, start.seal)
      AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.authority_id = h.authority_id
                      AND s.number = h.number AND s.seal = h.seal)
    UNION ALL
    SELECT NULL, e.id, 'the entry was never sealed' FROM audit_entry e
    WHERE e.authority_id = :authority_id
      AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.authority_id = e.authority_id AND s.entry_id = e.id)
    ORDER BY 1 NULLS LAST LIMIT 20
    """
)

HEAD = text("SELECT number, seal FROM audit_head WHERE authority_id = :authority_id")
START = text("SELECT number FROM audit_start WHERE authority_id = :authority_id")
SEALS = text(
    """
    SELECT number, seal FROM audit_seal WHERE authority_id = :authority_id AND number = ANY(:numbers)
    UNION ALL SELECT number, seal FROM audit_start WHERE authority_id = :authority_id
    """
)


async def timeline(
    session: AsyncSession, authority_id: int, subject_kind: str, subject_id: UUID | int | str
) -> Sequence[RecordedAction]:
    """Return the actions on one subject, newest first, at most 200."""
    values = {"authority_id": authority_id, "subject_kind": subject_kind, "subject_id": str(subject_id)}
    return await select_all(session, TIMELINE, RecordedAction, values)


async def broken_links(session: AsyncSession, authority_id: int) -> Sequence[BrokenLink]:
    """Return the faults of an authority's chain; empty if it is intact."""
    return await select_all(session, BROKEN_LINKS, BrokenLink, {"authority_id": authority_id})


async def head_of(session: AsyncSession, authority_id: int) -> ChainHead | None:
    """Return the end of an authority's chain; None before its first entry."""
    return await select_one(session, HEAD, ChainHead, {"authority_id": authority_id})


async def seals_at(session: AsyncSession, authority_id: int, numbers: Sequence[int]) -> dict[int, bytes]:
    """Return the current seals at these numbers."""
    values = {"authority_id": authority_id, "numbers": list(numbers)}
    return {row.number: row.seal for row in await session.execute(SEALS, values)}


async def start_of(session: AsyncSession, authority_id: int) -> int:
    """Return the number after which the chain begins; earlier entries were deleted when their retention ended."""
    number: int | None = await session.scalar(START, {"authority_id": authority_id})
    return number or 0
