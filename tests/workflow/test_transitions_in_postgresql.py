"""PostgreSQL's trigger allows only the declared (start, end) pairs of each workflow, tested on the table itself."""

from itertools import product
from typing import Any

import asyncpg
import pytest

import alongside.models_registry  # noqa: F401  (declares every workflow)
from alongside.platform.database.base import Base
from alongside.platform.workflow import INITIAL, WORKFLOWS, Workflow
from tests.access.dataset import make_world
from tests.databases import DatabaseCopy, copy_of_template, drop

FLOWS = sorted(WORKFLOWS.values(), key=lambda flow: flow.subject)
OTHER_GUARDS = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
      FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('c', 'f', 'u', 'x')
     UNION ALL
    SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname)
      FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal AND tgname <> 'allowed_transition'
     UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass) FROM pg_index
     WHERE indrelid = $1::regclass AND indisunique AND NOT EXISTS (
           SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
"""Other constraints and triggers of a table, dropped in this copy, so that only the transition trigger is tested."""


@pytest.fixture(scope="module")
async def owner(database_server: Any) -> Any:
    """The superuser on a copy with one row of everything, where the transition trigger is the only guard left."""
    copy: DatabaseCopy = await copy_of_template(database_server)
    await make_world(copy.superuser_url)
    connection = await asyncpg.connect(copy.superuser_url)
    for flow in FLOWS:
        for (statement,) in await connection.fetch(OTHER_GUARDS, flow.subject):
            await connection.execute(statement)
    yield connection
    await connection.close()
    await drop(database_server, copy)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.subject)
async def test_a_row_goes_only_where_its_workflow_leads(owner: asyncpg.Connection, flow: Workflow) -> None:
    """Each pair of states is tried by the superuser, without the app, on a row of the table itself."""
    wrong = []
    for start, finish in product((INITIAL, *flow.states), flow.states):
        legal = (start, finish) in flow.pairs() or start == finish
        if await passes(owner, flow.subject, start, finish) is not legal:
            wrong.append((start, finish))
    assert not wrong


async def passes(owner: asyncpg.Connection, table: str, start: str, finish: str) -> bool:
    """Return whether PostgreSQL lets a row of this table change from one state to another; rolled back."""
    attempt = owner.transaction()
    await attempt.start()
    try:
        row_id = await owner.fetchval(f"SELECT id FROM {table} LIMIT 1")
        assert row_id is not None
        if start == INITIAL:
            await owner.execute(copied(table), row_id, finish)
        else:
            await owner.execute("SET LOCAL session_replication_role = replica")
            await owner.execute(f"UPDATE {table} SET state = $2 WHERE id = $1", row_id, start)
            await owner.execute("SET LOCAL session_replication_role = origin")
            await owner.execute(f"UPDATE {table} SET state = $2 WHERE id = $1", row_id, finish)
    except asyncpg.CheckViolationError as refused:
        if refused.constraint_name != "allowed_transition":
            raise
        return False
    finally:
        await attempt.rollback()
    return True


def copied(table: str) -> str:
    """Return the statement that inserts a copy of one row under a new id, in another state."""
    names = [one.name for one in Base.metadata.tables[table].columns if one.computed is None]
    values = [{"id": "uuidv7()", "state": "$2"}.get(name, f'"{name}"') for name in names]
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({quoted}) SELECT {', '.join(values)} FROM {table} WHERE id = $1 LIMIT 1"
