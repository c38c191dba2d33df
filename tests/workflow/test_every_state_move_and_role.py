"""Every (start, finish) of every workflow tried on PostgreSQL itself, and the shape of every workflow."""

from itertools import product

import asyncpg
import pytest
from sqlalchemy import text

import alongside.tables  # noqa: F401  (declares every workflow)
from alongside.database.session import Database
from alongside.workflow import BEGINNING, WORKFLOWS, Workflow
from tests.stage import Copy

FLOWS = sorted(WORKFLOWS.values(), key=lambda flow: flow.subject)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.subject)
async def test_postgresql_knows_the_same_moves_as_the_code(flow: Workflow, database: Database) -> None:
    """The table in the database and the table in the code are one law."""
    async with database.unfenced() as connection:
        rows = await connection.execute(
            text("SELECT start, finish FROM legal_move WHERE subject = :subject"), {"subject": flow.subject}
        )
        assert {tuple(row) for row in rows} == flow.pairs()


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.subject)
async def test_postgresql_refuses_every_other_change_of_state(flow: Workflow, module_database: Copy) -> None:
    """Each (start, finish) is tried past all Python, by the superuser, on a table of the same name and trigger."""
    connection = await asyncpg.connect(module_database.superuser_url)
    try:
        await connection.execute(
            f"CREATE TEMPORARY TABLE {flow.subject} (state text);"
            f"CREATE TRIGGER legal_move BEFORE INSERT OR UPDATE OF state ON pg_temp.{flow.subject} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()"
        )
        for start, finish in product((BEGINNING, *flow.states), flow.states):
            legal = (start, finish) in flow.pairs() or start == finish
            assert await passes(connection, f"pg_temp.{flow.subject}", start, finish) is legal, (
                start,
                finish,
            )
    finally:
        await connection.close()


async def passes(connection: asyncpg.Connection, table: str, start: str, finish: str) -> bool:
    """Whether PostgreSQL lets a row go from one state to another; nothing is kept."""
    attempt = connection.transaction()
    await attempt.start()
    try:
        if start == BEGINNING:
            await connection.execute(f"INSERT INTO {table} VALUES ($1)", finish)
        else:
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(f"INSERT INTO {table} VALUES ($1)", start)
            await connection.execute("SET LOCAL session_replication_role = origin")
            await connection.execute(f"UPDATE {table} SET state = $1", finish)
    except asyncpg.CheckViolationError as refused:
        if refused.constraint_name != "legal_move":
            raise
        return False
    finally:
        await attempt.rollback()
    return True


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.subject)
def test_every_state_can_be_reached_and_left(flow: Workflow) -> None:
    """No state is an island, and none but the declared finals is a dead end."""
    reached = {BEGINNING}
    while True:
        more = {finish for start, finish in flow.pairs() if start in reached} - reached
        if not more:
            break
        reached |= more
    assert reached == {BEGINNING, *flow.states}
    for state in flow.states:
        ways_out = {finish for start, finish in flow.pairs() if start == state and finish != state}
        assert ways_out or state in flow.finals, state


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.subject)
def test_every_verb_is_named_once(flow: Workflow) -> None:
    """A verb stands for one act in the journal."""
    verbs = [move.verb for move in flow.moves]
    assert len(verbs) == len(set(verbs))
