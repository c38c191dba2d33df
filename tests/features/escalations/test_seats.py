"""The row policy, the list filter and the Python check agree on who sees an escalation."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from alongside.features.escalations.access_policy import may_escalation
from alongside.features.escalations.queries import (
    ONE_ESCALATION,
    all_escalations_of,
    escalations_of,
    of_person,
)
from alongside.platform.access.permissions import Permission
from alongside.platform.database.reads import fetch_one
from tests.databases import DatabaseCopy, open_database
from tests.features.escalations.builders import acting, ask_as, put_escalation
from tests.personas import (
    ADMINISTRATOR,
    CHAIR_OF_MILL,
    CLERK,
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    DIOCESE_OFFICER,
    HEAD_OF_FORD,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MEMBER_OF_BOARD,
    NORTHSHIRE,
    OFFICER,
    PARK,
    PERSONAS,
    QUAY,
    SOUTH,
    Persona,
)

EXPECTED: dict[Persona, set[int]] = {
    HEAD_OF_MILL: {0},
    DELEGATE_OF_MILL: set(),
    HEAD_OF_PARK: {2},
    HEAD_OF_QUAY: {3},
    HEAD_OF_LOCK: {3},
    HEAD_OF_FORD: set(),
    LEAD_OF_NORTH: {0, 1, 2},
    DEPUTY_OF_NORTH: {0, 1, 2},
    LEAD_OF_SOUTH: {2, 3},
    OFFICER: {0, 1, 2, 3},
    HEAD_OF_SERVICE: {0, 1, 2, 3},
    ADMINISTRATOR: set(),
    CHAIR_OF_MILL: set(),
    DIOCESE_OFFICER: set(),
    MEMBER_OF_BOARD: set(),
    CLERK: set(),
}
"""Which of the four escalations everybody of the cast sees: a head those they were told of or named for; no
delegate any.
"""


@pytest.fixture(scope="module")
async def escalations(module_database: DatabaseCopy) -> Any:
    """Escalations of two consortia, told and untold, handed on, and one with a named reader who is read no more
    in another.
    """
    owner = await asyncpg.connect(module_database.superuser_url)
    try:
        made = [
            await put_escalation(owner, "active"),
            await put_escalation(owner, "raised", notified_at=None),
            await put_escalation(owner, "active", school_urn=PARK, handling_consortium_id=SOUTH),
            await put_escalation(
                owner, "active", school_urn=QUAY, consortium_id=SOUTH, raised_by=LEAD_OF_SOUTH.person_id
            ),
        ]
        for number, ended in ((3, "NULL"), (0, "now()")):
            await owner.execute(
                "INSERT INTO escalation_reader (authority_id, escalation_id, person_id, seat, named_by, ended_at)"
                f" VALUES ($1, $2, $3, 'Board', $4, {ended})",
                NORTHSHIRE,
                made[number],
                HEAD_OF_LOCK.person_id,
                OFFICER.person_id,
            )
    finally:
        await owner.close()
    database = open_database(module_database)
    yield database, made
    await database.close()


async def asks_nothing(*_: Any) -> None:
    """Leave it at who is asking already."""


@pytest.mark.parametrize("one", PERSONAS, ids=lambda one: one.name)
async def test_the_policy_the_list_and_python_agree(
    escalations: Any, one: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same escalations by each, for everybody of the cast; lists are read as the officer, so without the
    policy's help.
    """
    database, made = escalations
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        await ask_as(session, one)
        by_policy = set((await session.scalars(text("SELECT id FROM escalation"))).all())
        await ask_as(session, OFFICER)
        monkeypatch.setattr("alongside.features.escalations.queries.identify_requester", asks_nothing)
        by_list = {row.id for row in (await escalations_of(session, acting(one)))[0]}
        by_export = {row.id for row in await all_escalations_of(session, acting(one))}
        by_python = set()
        for escalation_id in made:
            values = of_person(acting(one), escalation_id=escalation_id)
            row = await fetch_one(session, ONE_ESCALATION, values)
            assert row is not None
            if may_escalation(acting(one), Permission.VIEW_ESCALATION, row):
                by_python.add(escalation_id)
    assert by_policy == by_list == by_export == by_python
    assert {made.index(escalation_id) for escalation_id in by_policy} == EXPECTED[one]
