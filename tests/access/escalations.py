"""An escalation with one row of everything in it, for each scope."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from tests.databases import APP_DAY
from tests.features.escalations.builders import put_escalation
from tests.personas import MEMBERS, OFFICER

NOW = datetime.now(UTC)
TODAY = APP_DAY


async def escalation_of_everything(
    connection: asyncpg.Connection, authority_id: int, urn: int
) -> dict[str, UUID]:
    """Return the ids of an open escalation that its school was told of, and of its parts."""
    inside: dict[str, object] = {"authority_id": authority_id}
    await connection.execute("SET session_replication_role = origin")
    escalation_id = await put_escalation(
        connection, "active", **inside, school_urn=urn, consortium_id=MEMBERS[urn], clock_began_at=NOW
    )
    await connection.execute("SET session_replication_role = replica")
    inside |= {"escalation_id": escalation_id}
    return {
        "escalation_id": escalation_id,
        "task_id": await _put(
            connection,
            "escalation_task",
            **inside,
            state="open",
            what="Watch two lessons",
            owner_name="Ola Officer",
            due_on=TODAY + timedelta(days=9),
        ),
        "criterion_id": await _put(
            connection, "escalation_criterion", **inside, words="Reading is taught well"
        ),
        "escalation_visit_id": await _put(
            connection,
            "escalation_visit",
            **inside,
            visit_on=TODAY,
            hours=2,
            who="Ola Officer",
            focus="Reading",
            found="It is taught well in most classes",
            recorded_by=OFFICER.person_id,
        ),
        "file_id": await _put(
            connection,
            "escalation_file",
            **inside,
            name="Minutes.txt",
            kind="txt",
            size=5,
            content=b"Notes",
            for_school=True,
            added_by=OFFICER.person_id,
        ),
    }


async def _put(connection: asyncpg.Connection, table: str, **row: Any) -> UUID:
    marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    made: UUID = await connection.fetchval(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}) RETURNING id", *row.values()
    )
    return made
