"""Tables with a row policy: nobody from another school inserts, updates, deletes or reads a row."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Table, text
from sqlalchemy.exc import DBAPIError

from alongside.platform.database.session import Database
from tests.access.dataset import make_world
from tests.databases import DatabaseCopy, copy_of_template, drop, open_database
from tests.features.escalations.builders import ask_as
from tests.isolation.sample_rows import TABLES, row_of
from tests.personas import HEAD_OF_LOCK, NORTHSHIRE

ASKING = [table for table in TABLES if "second_policy" in table.info]


@pytest.fixture(scope="module")
async def ready(database_server: Any) -> AsyncIterator[tuple[Database, dict[str, Any]]]:
    """A database with an escalation about Mill and a row of it in every such table, without other guards."""
    copy: DatabaseCopy = await copy_of_template(database_server)
    world = await make_world(copy.superuser_url)
    owner = await asyncpg.connect(copy.superuser_url)
    for table in ASKING:
        for (name,) in await owner.fetch(
            "SELECT conname FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('c', 'f', 'p', 'u', 'x')",
            table.name,
        ):
            await owner.execute(f'ALTER TABLE {table.name} DROP CONSTRAINT IF EXISTS "{name}" CASCADE')
        for (index,) in await owner.fetch(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = $1::regclass AND indisunique",
            table.name,
        ):
            await owner.execute(f"DROP INDEX {index}")
        await owner.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        if table.name != "escalation":
            row = about_mill(table, world.ids["own"]["escalation_id"])
            names = ", ".join(f'"{one}"' for one in row)
            marks = ", ".join(f"${number}" for number in range(1, len(row) + 1))
            await owner.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", *row.values())
    await owner.close()
    database = open_database(copy)
    yield database, world.ids["own"]
    await database.close()
    await drop(database_server, copy)


def about_mill(table: Table, escalation_id: Any) -> dict[str, Any]:
    """Return a row of such a table that belongs to the escalation about Mill."""
    row = row_of(table, NORTHSHIRE)
    return row | {name: escalation_id for name in ("escalation_id",) if name in row}


async def attempted(database: Database, sql: str, **values: Any) -> int | str:
    """Return how many rows a statement affects for the head of another school, or the SQLSTATE of its error."""
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await ask_as(session, HEAD_OF_LOCK)
            done: Any = await session.execute(text(sql), values)
            count = len(done.all()) if done.returns_rows else int(done.rowcount)
            await session.rollback()
            return count
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", "error"))


def test_there_are_such_tables() -> None:
    """The control: an empty list would prove nothing."""
    assert len(ASKING) >= 12


@pytest.mark.parametrize("table", ASKING, ids=lambda one: one.name)
async def test_the_head_of_another_school_reaches_no_row(ready: Any, table: Table) -> None:
    """SELECT, UPDATE and DELETE match no row, also without a WHERE clause; INSERT is rejected."""
    database, ids = ready
    row = about_mill(table, ids["escalation_id"])
    names = ", ".join(f'"{one}"' for one in row)
    literals = ", ".join(quoted(value) for value in row.values())
    assert await attempted(database, f"SELECT 1 FROM {table.name}") in (0, "42501")
    assert await attempted(database, f"INSERT INTO {table.name} ({names}) VALUES ({literals})") == "42501"
    assert await attempted(database, f"UPDATE {table.name} SET authority_id = {NORTHSHIRE}") in (0, "42501")
    assert await attempted(database, f"DELETE FROM {table.name}") in (0, "42501")


def quoted(value: Any) -> str:
    """Return a value as an untyped SQL literal."""
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, list):
        return "'{}'"
    return "'" + str(value).replace("'", "''") + "'"
