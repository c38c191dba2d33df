"""Escalations inserted directly into a database, for tests of deadlines and retention."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from tests.personas import LEAD_OF_NORTH, MILL, NORTH, NORTHSHIRE

RAISED_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def an_escalation(connection: asyncpg.Connection, **more: Any) -> UUID:
    """An escalation that the north consortium raised about Mill, past all triggers; its id."""
    row = {
        "authority_id": NORTHSHIRE,
        "school_urn": MILL,
        "consortium_id": NORTH,
        "state": "raised",
        "reason": "peers",
        "wanted": "Somebody who can challenge",
        "urgency": "soon",
        "raised_by": LEAD_OF_NORTH.person_id,
        "raised_at": RAISED_AT,
        "deadline_kind": "acknowledge",
        "clock_began_at": RAISED_AT,
    } | more
    marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    made: UUID = await connection.fetchval(
        f"INSERT INTO escalation ({', '.join(row)}) VALUES ({marks}) RETURNING id", *row.values()
    )
    return made
