"""A transition is refused to everybody outside its scope, also when the action in front of it has not looked."""

from types import SimpleNamespace
from typing import Any

import pytest

from alongside.errors import NotFound
from alongside.platform.workflow import INITIAL, WORKFLOWS, Transition, Workflow, apply_transition
from tests.features.escalations.builders import acting, ask_as
from tests.personas import NORTHSHIRE, OFFICER, PERSONAS
from tests.workflow.test_a_reason_is_required import BESIDES, MAPPED, _reaches, ready, row_in

__all__ = ["ready"]
MOVES = [(flow, move) for flow in WORKFLOWS.values() for move in flow.moves if INITIAL not in move.starts]


@pytest.mark.parametrize(("flow", "move"), MOVES, ids=lambda one: getattr(one, "verb", None) or one.subject)
async def test_outside_its_scope_the_row_is_not_there(ready: Any, flow: Workflow, move: Transition) -> None:
    """The rule of a transition without a permission is that only the product itself makes it."""
    copy, database, world = ready
    row = await row_in(copy, world, flow, move)
    facts = SimpleNamespace(**(BESIDES.get(flow.subject, {}) | dict(row)))
    for person in map(acting, PERSONAS):
        if move.permission is not None and _reaches(flow, move, person, row):
            continue
        async with database.transaction(NORTHSHIRE) as session:
            await ask_as(session, OFFICER)
            with pytest.raises(NotFound):
                await apply_transition(session, person, MAPPED[flow.subject], facts, move, note="Because")
