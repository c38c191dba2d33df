"""What the actions on escalations refuse by themselves, without the page in front of them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict, NotFound, ValidationFailed
from alongside.features.escalations.access_log.actions import end_reader, name_reader
from alongside.features.escalations.matching_requests.actions import ask_matching
from alongside.features.escalations.raising.actions import notify_school, raise_escalation
from alongside.features.escalations.state_changes.actions import (
    agree_plan,
    assign_escalation,
    decide_escalation,
    merge_escalation,
)
from alongside.features.escalations.tasks.actions import agree_task, change_task
from alongside.features.escalations.tasks.forms import WrittenTask
from alongside.features.escalations.triage.forms import Decision, Plan
from alongside.features.escalations.visits.actions import record_visit
from alongside.features.escalations.visits.forms import WrittenVisit
from alongside.features.interests.actions import declare_interest
from alongside.platform.database.session import Database
from tests.databases import DatabaseCopy
from tests.features.escalations.builders import (
    CHALLENGE,
    TODAY,
    WRITTEN,
    acting,
    an_escalation,
    ask_as,
    put_escalation,
)
from tests.personas import (
    HEAD_OF_PARK,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    MILL,
    NORTH,
    NORTHSHIRE,
    OFFICER,
    PARK,
    SOUTH,
)

CORE = acting(OFFICER)
TASK: WrittenTask = {
    "what": "Watch two lessons",
    "owner_id": None,
    "owner_name": "Ola Officer",
    "due_on": TODAY + timedelta(days=9),
}
VISIT: WrittenVisit = {
    "visit_on": TODAY,
    "hours": 2,
    "who": "Ola",
    "focus": "Reading",
    "found": "It is taught",
    "next_steps": "",
    "for_school": True,
}
Attempt = Callable[[AsyncSession, UUID], Awaitable[object]]

CLOSED: dict[str, Attempt] = {
    "agree a task": lambda session, one: agree_task(session, CORE, one, TASK),
    "record a visit": lambda session, one: record_visit(session, CORE, one, VISIT),
    "assign it": lambda session, one: assign_escalation(session, CORE, one, OFFICER.person_id),
    "name a reader": lambda session, one: name_reader(session, CORE, one, HEAD_OF_PARK.person_id, "Board"),
    "ask for a match": lambda session, one: ask_matching(session, CORE, one, uuid4()),
}
WRONG: dict[str, Attempt] = {
    "a task in the past": lambda session, one: agree_task(
        session, CORE, one, {**TASK, "due_on": TODAY - timedelta(days=1)}
    ),
    "a task of somebody else's": lambda session, one: agree_task(
        session, CORE, one, {**TASK, "owner_id": HEAD_OF_PARK.person_id}
    ),
    "a visit to come": lambda session, one: record_visit(
        session, CORE, one, {**VISIT, "visit_on": TODAY + timedelta(days=1)}
    ),
    "a head to work on it": lambda session, one: assign_escalation(
        session, CORE, one, HEAD_OF_PARK.person_id
    ),
    "a reader who is nobody": lambda session, one: name_reader(session, CORE, one, uuid4(), "Board"),
    "a need of nobody's": lambda session, one: ask_matching(session, CORE, one, uuid4()),
}


async def refused(database: Database, kind: type[Exception], attempt: Attempt, escalation_id: UUID) -> None:
    """Assert that an attempt is refused with this kind of error."""
    async with database.transaction(NORTHSHIRE) as session:
        await ask_as(session, OFFICER)
        with pytest.raises(kind):
            await attempt(session, escalation_id)


async def put(copy: DatabaseCopy, state: str, **other: Any) -> UUID:
    """An escalation in any state."""
    owner = await asyncpg.connect(copy.superuser_url)
    try:
        return await put_escalation(owner, state, **other)
    finally:
        await owner.close()


@pytest.mark.parametrize("attempt", CLOSED.values(), ids=CLOSED)
async def test_nothing_more_is_done_in_a_closed_escalation(
    database: Database, copy: DatabaseCopy, attempt: Attempt
) -> None:
    await refused(database, ActionRefused, attempt, await put(copy, "closed"))


@pytest.mark.parametrize("attempt", WRONG.values(), ids=WRONG)
async def test_only_what_the_lists_and_the_calendar_allow(
    database: Database, copy: DatabaseCopy, attempt: Attempt
) -> None:
    await refused(database, ValidationFailed, attempt, await put(copy, "active"))


async def test_a_task_that_somebody_has_changed_is_not_written_over(
    database: Database, copy: DatabaseCopy
) -> None:
    escalation_id = await put(copy, "active")
    async with database.transaction(NORTHSHIRE) as session:
        task_id = await agree_task(session, CORE, escalation_id, TASK)
    await refused(
        database, EditConflict, lambda session, one: change_task(session, CORE, one, TASK, 7), task_id
    )


async def test_decisions_come_in_their_order_and_stay_with_the_school(
    database: Database, copy: DatabaseCopy
) -> None:
    raised = await an_escalation(database)
    own: Decision = {**CHALLENGE, "handling_consortium_id": NORTH}
    await refused(database, ValidationFailed, lambda s, one: decide_escalation(s, CORE, one, own), raised)
    plan: Plan = {"plan": "Three visits", "hours": 12}
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ActionRefused, match="Decide what happens next"):
            await agree_plan(session, CORE, raised, plan, ["Well"])
    await refused(database, ActionRefused, lambda s, one: notify_school(s, CORE, one), raised)
    of_park = await put(copy, "active", school_urn=PARK)
    await refused(
        database, ValidationFailed, lambda s, one: merge_escalation(s, CORE, one, of_park, "Same"), raised
    )
    closed = await put(copy, "closed")
    await refused(
        database, ValidationFailed, lambda s, one: merge_escalation(s, CORE, one, closed, "Same"), raised
    )


async def test_a_merge_over_the_act_of_a_colleague_is_refused(database: Database, copy: DatabaseCopy) -> None:
    raised, other = await an_escalation(database), await put(copy, "active")
    await refused(
        database, ActionRefused, lambda s, one: merge_escalation(s, CORE, one, other, "Same", 99), raised
    )


@pytest.mark.parametrize("reason", ["weather", "child_at_risk"])
async def test_an_escalation_has_a_reason_of_the_list(database: Database, reason: str) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(ValidationFailed):
            await raise_escalation(session, acting(LEAD_OF_NORTH), PARK, WRITTEN | {"reason": reason})


async def test_what_was_tried_is_of_the_school_itself(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(NotFound):
            await raise_escalation(
                session, acting(LEAD_OF_NORTH), PARK, WRITTEN, tried=[f"need:{uuid4()}"], why_wait=""
            )


async def test_a_reader_who_was_never_named_is_not_ended(database: Database, copy: DatabaseCopy) -> None:
    await refused(
        database, NotFound, lambda s, one: end_reader(s, CORE, one, uuid4()), await put(copy, "active")
    )


async def test_somebody_with_an_interest_neither_reads_nor_works_on_it(
    database: Database, copy: DatabaseCopy
) -> None:
    escalation_id = await put(copy, "active")
    async with database.transaction(NORTHSHIRE) as session:
        for one in (HEAD_OF_SERVICE, HEAD_OF_PARK):
            await declare_interest(session, acting(one), MILL, "governor", "")
    service, park = HEAD_OF_SERVICE.person_id, HEAD_OF_PARK.person_id
    await refused(
        database, ValidationFailed, lambda s, one: assign_escalation(s, CORE, one, service), escalation_id
    )
    await refused(
        database, ValidationFailed, lambda s, one: name_reader(s, CORE, one, park, "Board"), escalation_id
    )


async def test_who_leads_two_consortia_raises_nothing_without_saying_for_which(database: Database) -> None:
    both = replace(acting(LEAD_OF_NORTH), consortium_ids=(NORTH, SOUTH))
    async with database.transaction(NORTHSHIRE) as session:
        with pytest.raises(NotFound):
            await raise_escalation(session, both, PARK, WRITTEN)
