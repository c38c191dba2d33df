"""The transitions in PostgreSQL, and the structure of every workflow."""

import pytest
from sqlalchemy import text

import alongside.models_registry  # noqa: F401  (declares every workflow)
from alongside.platform.database.session import Database
from alongside.platform.workflow import INITIAL, WORKFLOWS, Workflow

FLOWS = sorted(WORKFLOWS.values(), key=lambda flow: flow.subject)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.subject)
async def test_postgresql_knows_the_same_moves_as_the_code(flow: Workflow, database: Database) -> None:
    """The table in the database and the workflows in the code are equal."""
    async with database.system_connection() as connection:
        rows = await connection.execute(
            text("SELECT start, finish FROM allowed_transition WHERE subject = :subject"),
            {"subject": flow.subject},
        )
        assert {tuple(row) for row in rows} == flow.pairs()


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.subject)
def test_every_state_can_be_reached_and_left(flow: Workflow) -> None:
    """Every state can be reached, and only the declared final states have no way out."""
    reached = {INITIAL}
    while True:
        more = {finish for start, finish in flow.pairs() if start in reached} - reached
        if not more:
            break
        reached |= more
    assert reached == {INITIAL, *flow.states}
    for state in flow.states:
        ways_out = {finish for start, finish in flow.pairs() if start == state and finish != state}
        assert ways_out or state in flow.finals, state


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.subject)
def test_every_verb_is_named_once(flow: Workflow) -> None:
    """A verb stands for one action in the audit log."""
    verbs = [move.verb for move in flow.moves]
    assert len(verbs) == len(set(verbs))
