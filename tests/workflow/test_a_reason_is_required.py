"""A transition that needs a reason is refused without one, for every person who may make it, and changes nothing."""

from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

import alongside.models_registry  # noqa: F401  (declares every workflow)
from alongside.errors import ActionRefused, NotFound
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.base import Base
from alongside.platform.workflow import INITIAL, WORKFLOWS, Transition, Workflow, apply_transition
from tests.access.dataset import World, make_world
from tests.databases import DatabaseCopy, copy_of_template, drop, open_database
from tests.features.escalations.builders import acting, ask_as
from tests.personas import FORD, MILL, NORTH, NORTHSHIRE, OFFICER, PERSONAS

NEEDING = [
    (flow, move)
    for flow in WORKFLOWS.values()
    for move in flow.moves
    if move.note_required and INITIAL not in move.starts
]

BESIDES: dict[str, dict[str, Any]] = {
    "visit": {"requesting_urn": MILL, "supporting_urn": FORD},
    "amendment": {"requesting_urn": MILL, "supporting_urn": FORD},
    "escalation_task": {
        "escalation": SimpleNamespace(school_urn=MILL, consortium_id=NORTH, handling_consortium_id=None)
    },
}
"""What the actions read beside the row itself: the schools or the escalation to which it belongs."""

MAPPED: dict[str, Any] = {one.class_.__tablename__: one.class_ for one in Base.registry.mappers}


@pytest.fixture(scope="module")
async def ready(database_server: Any) -> Any:
    """A database with one row of everything: its copy, the app's connection, and the ids."""
    copy: DatabaseCopy = await copy_of_template(database_server)
    world = await make_world(copy.superuser_url)
    database = open_database(copy)
    yield copy, database, world
    await database.close()
    await drop(database_server, copy)


def test_there_are_moves_that_need_a_reason() -> None:
    """The control: an empty list would prove nothing."""
    assert len(NEEDING) >= 20


@pytest.mark.parametrize(("flow", "move"), NEEDING, ids=lambda one: getattr(one, "verb", one))
@pytest.mark.parametrize("note", [None, "", "  \n"], ids=["none", "empty", "blank"])
async def test_without_a_reason_it_is_refused(
    ready: Any, flow: Workflow, move: Transition, note: str | None
) -> None:
    """A person who may make the transition, on a row in a state from which it starts."""
    copy, database, world = ready
    row = await row_in(copy, world, flow, move)
    before = dict(row)
    for person in those_who_may(flow, move, row):
        async with database.transaction(NORTHSHIRE) as session:
            await ask_as(session, OFFICER)
            with pytest.raises(ActionRefused, match="Enter a reason"):
                await apply_transition(
                    session,
                    person,
                    MAPPED[flow.subject],
                    SimpleNamespace(**(BESIDES.get(flow.subject, {}) | dict(row))),
                    move,
                    note=note,
                )
    assert dict(await row_in(copy, world, flow, move)) == before


async def row_in(copy: DatabaseCopy, world: World, flow: Workflow, move: Transition) -> Any:
    """Return a row of the head's own school, or its consortium, in a state from which the transition starts."""
    name = {"escalation": "escalation_id", "escalation_task": "task_id", "directory_entry": "entry_id"}.get(
        flow.subject,
        {"plan_run": "run_id", "support_agreement": "agreement_id", "practice_try": "try_id"}.get(
            flow.subject, f"{flow.subject}_id"
        ),
    )
    owner = await asyncpg.connect(copy.superuser_url)
    try:
        await owner.execute("SET session_replication_role = replica")
        for (check,) in await owner.fetch(
            "SELECT conname FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'", flow.subject
        ):
            await owner.execute(f'ALTER TABLE {flow.subject} DROP CONSTRAINT "{check}"')
        found = await owner.fetchrow(
            f"UPDATE {flow.subject} SET state = $2 WHERE authority_id = {NORTHSHIRE} AND id = $1 RETURNING *",
            world.ids["own"][name],
            move.starts[0],
        )
    finally:
        await owner.close()
    assert found is not None
    return found


def those_who_may(flow: Workflow, move: Transition, row: Any) -> list[Principal]:
    """Return every persona whose scope covers the transition; the system principal for its own transitions."""
    if move.permission is None:
        system: Any = SimpleNamespace(role=Role.SYSTEM, authority_id=NORTHSHIRE)
        return [system]
    found = [acting(one) for one in PERSONAS if _reaches(flow, move, acting(one), row)]
    assert found, "nobody of the cast may make this move"
    return found


def _reaches(flow: Workflow, move: Transition, person: Principal, row: Any) -> bool:
    from alongside.platform.workflow import _require_scope

    assert move.permission is not None
    try:
        _require_scope(
            flow, person, move.permission, SimpleNamespace(**(BESIDES.get(flow.subject, {}) | dict(row)))
        )
    except NotFound:
        return False
    return True
