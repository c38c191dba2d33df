"""Every (start, finish) of every workflow tried on PostgreSQL itself, and the shape of every workflow."""

from itertools import product

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.database.session import Database
from alongside.workflow import BEGINNING, WORKFLOWS, Workflow
from tests.people import NORTHSHIRE

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
async def test_postgresql_refuses_every_other_change_of_state(flow: Workflow, database: Database) -> None:
    """Each (start, finish) is tried past all Python, on a table of the same name under the same trigger."""
    async with database.fenced(NORTHSHIRE) as session:
        await session.execute(text(f"CREATE TEMPORARY TABLE {flow.subject} (n serial, state text) ON COMMIT DROP"))
        await session.execute(
            text(
                f"CREATE TRIGGER legal_move BEFORE INSERT OR UPDATE OF state ON pg_temp.{flow.subject} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_illegal_move()"
            )
        )
        for start, finish in product((BEGINNING, *flow.states), flow.states):
            legal = (start, finish) in flow.pairs() or start == finish
            assert await _passes(session, flow.subject, start, finish) is legal, (start, finish)


async def _passes(session, subject: str, start: str, finish: str) -> bool:  # type: ignore[no-untyped-def]
    try:
        async with session.begin_nested():
            if start == BEGINNING:
                await session.execute(text(f"INSERT INTO pg_temp.{subject} (state) VALUES (:s)"), {"s": finish})
            else:
                await session.execute(text(f"ALTER TABLE pg_temp.{subject} DISABLE TRIGGER legal_move"))
                await session.execute(text(f"INSERT INTO pg_temp.{subject} (state) VALUES (:s)"), {"s": start})
                await session.execute(text(f"ALTER TABLE pg_temp.{subject} ENABLE TRIGGER legal_move"))
                await session.execute(text(f"UPDATE pg_temp.{subject} SET state = :s"), {"s": finish})
            await session.execute(text(f"DELETE FROM pg_temp.{subject}"))
    except DBAPIError as refused:
        assert "legal_move" in str(refused.orig) or "cannot go from" in str(refused.orig), refused
        return False
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
