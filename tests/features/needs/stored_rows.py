"""Direct database reads and writes for tests."""

from typing import Any

import asyncpg
from sqlalchemy import text

from alongside.platform.database.session import Database
from tests.databases import DatabaseCopy
from tests.personas import NORTHSHIRE, Persona


async def notices_of(database: Database, one: Persona) -> list[Any]:
    """A persona's notifications, oldest first."""
    async with database.transaction(one.authority_id) as session:
        found = await session.execute(
            text(
                "SELECT kind, text, path FROM notification WHERE authority_id = :a AND person_id = :p ORDER BY id"
            ),
            {"a": one.authority_id, "p": one.person_id},
        )
        return list(found.all())


async def audit_of(database: Database, kind: str, path: str) -> list[Any]:
    """The audit entries of a post by its path, oldest first."""
    async with database.transaction(NORTHSHIRE) as session:
        found = await session.execute(
            text(
                "SELECT verb, note, changes, role FROM audit_entry"
                " WHERE subject_kind = :k AND subject_id = :i ORDER BY id"
            ),
            {"k": kind, "i": path.rpartition("/")[2]},
        )
        return list(found.all())


async def set_columns(copy: DatabaseCopy, table: str, path: str, **columns: Any) -> None:
    """Update a post as the superuser, without the actions, to reach states that take months."""
    connection = await asyncpg.connect(copy.superuser_url)
    names = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, start=2))
    try:
        await connection.execute(
            f"UPDATE {table} SET {names} WHERE id::text = $1", path.rpartition("/")[2], *columns.values()
        )
    finally:
        await connection.close()


async def change_school(copy: DatabaseCopy, urn: int, **columns: Any) -> None:
    """Change a school in the register of the first authority."""
    connection = await asyncpg.connect(copy.superuser_url)
    names = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, start=3))
    await connection.execute(
        f"UPDATE school SET {names} WHERE authority_id = $1 AND urn = $2", NORTHSHIRE, urn, *columns.values()
    )
    await connection.close()
