"""Inserts a row of each authority into every table, so that no isolation test runs on an empty table."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import Table

import alongside.models_registry  # noqa: F401  (declares every table)
from alongside.platform.database.base import Base
from alongside.platform.database.requester_context import RequesterContext, signed_requester_context
from alongside.platform.database.row_level_security import owned_tables

TABLES = owned_tables(Base.metadata)


def canary(authority_id: int, table: str) -> str:
    """Return a text that occurs in one table of one authority only."""
    return f"CANARY-{authority_id}-{table}"


def value_of(python_type: type, authority_id: int, table: str) -> Any:
    """Return a value for a column of this type that names its authority if possible."""
    return {
        int: authority_id,
        str: canary(authority_id, table),
        UUID: uuid4(),
        bool: True,
        date: date(2026, 1, 1),
        time: time(9),
        datetime: datetime.fromisoformat("2026-01-01T00:00:00+00:00") + timedelta(minutes=authority_id),
        bytes: canary(authority_id, table).encode(),
        list: [],
        dict: "{}",
        object: "{}",
    }.get(python_type, 1)


def core_team_of(context: str, key: bytes, process: str) -> str:
    """Return a requester context of a core officer of the context's authority, who may read every row of it.

    So only the tenant context is tested here; the requester context is tested with the features that use it.
    """
    named = context.split(".")[1:2]
    requester = RequesterContext(int(named[0]) if named and named[0].isdecimal() else 0, "core_officer")
    return signed_requester_context(requester, key, process)


def row_of(table: Table, authority_id: int) -> dict[str, Any]:
    """Return a complete row for one authority."""
    made = {}
    for column in table.columns:
        if column.computed is not None:
            continue
        try:
            kind = column.type.python_type
        except NotImplementedError:
            kind = str
        made[column.name] = (
            authority_id if column.name == "authority_id" else value_of(kind, authority_id, table.name)
        )
    return made


async def seed_canaries(superuser_url: str, authorities: tuple[int, ...]) -> None:
    """Insert a row of each authority into every table, without constraints but with the row-level policies.

    Checks, foreign keys and triggers are removed from this copy of the database, so that only row-level security is
    tested.
    """
    connection = await asyncpg.connect(superuser_url)
    try:
        for row in await connection.fetch(
            "SELECT conrelid::regclass::text AS t, conname FROM pg_constraint WHERE contype IN ('c', 'f')"
            " AND connamespace = 'public'::regnamespace"
        ):
            await connection.execute(f'ALTER TABLE {row["t"]} DROP CONSTRAINT "{row["conname"]}"')
        for table in TABLES:
            await connection.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        await connection.execute("SET session_replication_role = replica")
        for table in TABLES:
            for authority_id in authorities:
                made = row_of(table, authority_id)
                names = ", ".join(f'"{name}"' for name in made)
                marks = ", ".join(f"${n}" for n in range(1, len(made) + 1))
                await connection.execute(
                    f"INSERT INTO {table.name} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING",
                    *made.values(),
                )
        for table in TABLES:  # whoever sent a notice changes its parts, so that these need their notice
            if "notice_id" in table.columns:
                await connection.execute(
                    f"UPDATE {table.name} part SET notice_id = n.id FROM notice n"
                    " WHERE n.authority_id = part.authority_id"
                )
    finally:
        await connection.close()
