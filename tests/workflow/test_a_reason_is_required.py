"""A move that needs a reason is refused without one, by whoever may make it, and changes nothing."""

from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

import alongside.tables  # noqa: F401  (declares every workflow)
from alongside.access.person import Person, Role
from alongside.database.base import Base
from alongside.errors import NotThere, Refused
from alongside.workflow import BEGINNING, WORKFLOWS, Move, Workflow, take
from tests.access.world import World, make_world
from tests.escalations.scene import acting, ask_as
from tests.people import CAST, FORD, MILL, NORTH, NORTHSHIRE, OFFICER
from tests.stage import Copy, copy_of_template, drop, open_database

NEEDING = [
    (flow, move)
    for flow in WORKFLOWS.values()
    for move in flow.moves
    if move.note_required and BEGINNING not in move.starts
]

BESIDES: dict[str, dict[str, Any]] = {
    "visit": {"asking_urn": MILL, "giving_urn": FORD},
    "amendment": {"asking_urn": MILL, "giving_urn": FORD},
    "escalation_task": {"school_urn": MILL, "consortium_id": NORTH, "handling_consortium_id": None},
}
"""What the actions read beside the row itself: the schools or the case to which it belongs."""

MAPPED: dict[str, Any] = {one.class_.__tablename__: one.class_ for one in Base.registry.mappers}


@pytest.fixture(scope="module")
async def ready(stage: Any) -> Any:
    """A database with one of everything: its copy, the app's way to it, and the ids."""
    copy: Copy = await copy_of_template(stage)
    world = await make_world(copy.superuser_url)
    database = open_database(copy)
    yield copy, database, world
    await database.close()
    await drop(stage, copy)


def test_there_are_moves_that_need_a_reason() -> None:
    """The control: an empty list would prove nothing."""
    assert len(NEEDING) >= 20


@pytest.mark.parametrize(("flow", "move"), NEEDING, ids=lambda one: getattr(one, "verb", one))
@pytest.mark.parametrize("note", [None, "", "  \n"], ids=["none", "empty", "blank"])
async def test_without_a_reason_it_is_refused(
    ready: Any, flow: Workflow, move: Move, note: str | None
) -> None:
    """Somebody who may make the move, on a row in a state from which it starts."""
    copy, database, world = ready
    row = await row_in(copy, world, flow, move)
    before = dict(row)
    for person in those_who_may(flow, move, row):
        async with database.fenced(NORTHSHIRE) as session:
            await ask_as(session, OFFICER)
            with pytest.raises(Refused, match="Give a reason"):
                await take(
                    session,
                    person,
                    MAPPED[flow.subject],
                    SimpleNamespace(**(BESIDES.get(flow.subject, {}) | dict(row))),
                    move,
                    note=note,
                )
    assert dict(await row_in(copy, world, flow, move)) == before


async def row_in(copy: Copy, world: World, flow: Workflow, move: Move) -> Any:
    """A row of the head's own school, or its consortium, in a state from which the move starts."""
    name = {"escalation": "case_id", "escalation_task": "task_id", "directory_entry": "entry_id"}.get(
        flow.subject, {"plan_run": "run_id"}.get(flow.subject, f"{flow.subject}_id")
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


def those_who_may(flow: Workflow, move: Move, row: Any) -> list[Person]:
    """Everybody of the cast in whose reach the move is; the product itself for its own moves."""
    if move.permission is None:
        system: Any = SimpleNamespace(role=Role.SYSTEM, authority_id=NORTHSHIRE)
        return [system]
    found = [acting(one) for one in CAST if _reaches(flow, move, acting(one), row)]
    assert found, "nobody of the cast may make this move"
    return found


def _reaches(flow: Workflow, move: Move, person: Person, row: Any) -> bool:
    from alongside.workflow import _require_reach

    assert move.permission is not None
    try:
        _require_reach(
            flow, person, move.permission, SimpleNamespace(**(BESIDES.get(flow.subject, {}) | dict(row)))
        )
    except NotThere:
        return False
    return True
