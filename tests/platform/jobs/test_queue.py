"""The lease queue, in the tables that use it: claim, retry with pauses, set aside, wake the worker."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from alongside.features.escalations.reminders.dispatch import REMINDER_QUEUE
from alongside.features.matching.plans.job import PLAN_QUEUE
from alongside.platform.database.session import Database
from alongside.platform.jobs.queue import CHANNEL, LeasedRow, LeaseQueue, claim, extend, fail, finish, release
from alongside.platform.notifications.delivery import EMAIL_QUEUE
from tests.databases import DatabaseCopy
from tests.patience import PATIENCE
from tests.personas import NORTHSHIRE, SOUTHSHIRE

QUEUES = (EMAIL_QUEUE, REMINDER_QUEUE, PLAN_QUEUE)


@pytest.fixture
async def boss(copy: DatabaseCopy) -> Any:
    """A superuser connection to the database."""
    connection = await asyncpg.connect(copy.superuser_url)
    yield connection
    await connection.close()


async def put(boss: asyncpg.Connection, count: int = 1, authority_id: int = NORTHSHIRE) -> None:
    for number in range(count):
        await boss.execute(
            "INSERT INTO email_outbox (authority_id, to_address, subject, body) VALUES ($1, 'a@x.example', $2, 'b')",
            authority_id,
            str(number),
        )


async def claimed(database: Database) -> Any:
    async with database.transaction(NORTHSHIRE) as session:
        return await claim(session, EMAIL_QUEUE, NORTHSHIRE, hours=["waking_hours"])


async def state(boss: asyncpg.Connection) -> Any:
    return await boss.fetchrow(
        "SELECT state, attempt, last_error, run_at - now() AS pause, lease_until FROM email_outbox"
    )


@pytest.mark.parametrize("queue", QUEUES, ids=lambda one: one.table_name)
def test_each_table_has_the_columns_and_the_states_of_its_queue(queue: LeaseQueue) -> None:
    """A state that the table's constraint does not allow would fail when it is first needed."""
    assert set(LeasedRow.__annotations__) <= set(queue.table.columns.keys())
    (allowed,) = (
        str(one.sqltext)
        for one in queue.table.constraints
        if str(one.name).endswith("_state") and hasattr(one, "sqltext")
    )
    assert all(f"'{one}'" in allowed for one in (queue.waiting, queue.running, queue.done, queue.dead))


async def test_a_row_is_claimed_by_one_worker_and_only_of_its_authority(
    database: Database, boss: asyncpg.Connection
) -> None:
    await put(boss, 25)
    await put(boss, 1, SOUTHSHIRE)
    found = [row for rows in await asyncio.gather(*(claimed(database) for _ in range(4))) for row in rows]
    assert len(found) == len({row.id for row in found}) == 25
    assert {row.authority_id for row in found} == {NORTHSHIRE}


async def test_a_failure_is_retried_after_growing_pauses_and_then_set_aside(
    database: Database, boss: asyncpg.Connection
) -> None:
    await put(boss)
    for number, minutes in enumerate((1, 5, 30, 120, 480), start=1):
        [row] = await claimed(database)
        async with database.transaction(NORTHSHIRE) as session:
            assert not await fail(session, EMAIL_QUEUE, NORTHSHIRE, row, "x" * 900)
        now = await state(boss)
        assert (now["state"], now["attempt"], len(now["last_error"])) == ("waiting", number, 300)
        assert timedelta(minutes=minutes - 1) < now["pause"] <= timedelta(minutes=minutes)
        assert await claimed(database) == []
        await boss.execute("UPDATE email_outbox SET run_at = now()")
    [row] = await claimed(database)
    async with database.transaction(NORTHSHIRE) as session:
        assert await fail(session, EMAIL_QUEUE, NORTHSHIRE, row, "the last")
    assert (await state(boss))["state"] == "given_up"
    assert await claimed(database) == []


async def test_a_worker_that_lost_its_claim_writes_nothing(
    database: Database, boss: asyncpg.Connection
) -> None:
    """Neither a result nor a failure, nor a longer lease; a released row is free at once."""
    await put(boss)
    [lost] = await claimed(database)
    async with database.transaction(NORTHSHIRE) as session:
        await release(session, EMAIL_QUEUE, NORTHSHIRE, lost)
    await asyncio.sleep(0.01)
    [present] = await claimed(database)
    assert present.attempt == lost.attempt + 1
    before = await state(boss)
    async with database.transaction(NORTHSHIRE) as session:
        assert not await finish(session, EMAIL_QUEUE, NORTHSHIRE, lost)
        assert not await extend(session, EMAIL_QUEUE, NORTHSHIRE, lost)
        await fail(session, EMAIL_QUEUE, NORTHSHIRE, lost, "late", permanent=True)
        await release(session, EMAIL_QUEUE, NORTHSHIRE, lost)
    after = await state(boss)
    assert (after["state"], after["lease_until"], after["last_error"]) == (
        "sending",
        before["lease_until"],
        None,
    )
    async with database.transaction(NORTHSHIRE) as session:
        assert await extend(session, EMAIL_QUEUE, NORTHSHIRE, present)
        assert await finish(session, EMAIL_QUEUE, NORTHSHIRE, present)
    assert (await state(boss))["state"] == "sent"


async def test_a_row_whose_last_worker_ended_is_set_aside(
    database: Database, boss: asyncpg.Connection
) -> None:
    """It does not kill workers for ever."""
    await put(boss)
    await claimed(database)
    await boss.execute("UPDATE email_outbox SET attempt = max_attempts, lease_until = now() - interval '1 s'")
    assert await claimed(database) == []
    now = await state(boss)
    assert (now["state"], bool(now["last_error"])) == ("given_up", True)


async def test_a_due_row_calls_the_worker_when_its_transaction_commits(
    copy: DatabaseCopy, boss: asyncpg.Connection
) -> None:
    """A row that is due later calls nobody: the poll finds it."""
    heard: list[str] = []
    await boss.add_listener(CHANNEL, lambda *output: heard.append(str(output[3])))
    other = await asyncpg.connect(copy.superuser_url)
    insert = (
        "INSERT INTO email_outbox (authority_id, to_address, subject, body, run_at)"
        " VALUES ($1, 'a@x.example', 's', 'b', now() + $2)"
    )
    await other.execute(insert, NORTHSHIRE, timedelta(hours=1))
    work = other.transaction()
    await work.start()
    await other.execute(insert, SOUTHSHIRE, timedelta())
    await boss.fetchval("SELECT 1")
    assert heard == []
    await work.commit()
    async with asyncio.timeout(PATIENCE):
        while not heard:
            await boss.fetchval("SELECT 1")
            await asyncio.sleep(0.01)
    assert heard == [str(SOUTHSHIRE)]
    await other.close()
