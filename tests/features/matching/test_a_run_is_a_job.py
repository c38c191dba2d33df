"""Planning runs are jobs: requests share one, a killed worker loses nothing, failures keep the last plan."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from alongside.features.matching.engine import subprocess_client
from alongside.features.matching.engine.instance import restored
from alongside.features.matching.plans import job
from alongside.features.matching.plans.actions import ask_for_plan
from alongside.features.matching.plans.job import claim_run, process_plan
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.databases import DatabaseCopy
from tests.features.matching.builders import TODAY, a_need, a_plan, acting, ask, partners, posts, rows, work
from tests.patience import PATIENCE
from tests.personas import DEPUTY_OF_NORTH, LEAD_OF_NORTH, MILL, NORTH, NORTHSHIRE, OFFICER
from tests.worker.test_work import worker_process


async def test_two_leads_at_once_have_one_run(client: Client, database: Database) -> None:
    """The second request comes before the first has committed: it waits and gets the first run."""
    await posts(database)
    second: asyncio.Task[Any] | None = None

    async def ask_second() -> Any:
        async with database.transaction(NORTHSHIRE) as session:
            return await ask_for_plan(session, acting(DEPUTY_OF_NORTH), NORTH)

    async with database.transaction(NORTHSHIRE) as session:
        first = await ask_for_plan(session, acting(LEAD_OF_NORTH), NORTH)
        second = asyncio.create_task(ask_second())
        await asyncio.sleep(0.3)
        assert not second.done()
    assert first[1] is True
    assert await second == (first[0], False)
    assert await work(database) == 1
    assert len(await rows(database, "SELECT * FROM plan_run")) == 1


async def test_the_authority_and_a_consortium_each_have_their_own(client: Client, database: Database) -> None:
    await posts(database)
    whole = await ask(client, OFFICER, "authority")
    await ask(client, LEAD_OF_NORTH)
    assert await ask(client, OFFICER, "authority") == whole
    assert await work(database) == 2
    assert len(await rows(database, "SELECT * FROM plan_run WHERE state = 'done'")) == 2
    assert (await client.get(whole, as_=LEAD_OF_NORTH)).status_code == 404
    assert "Plan for the whole authority" in words(await client.get(whole, as_=OFFICER))


async def test_a_worker_that_falls_silent_loses_its_run_to_another_and_writes_nothing(
    client: Client, database: Database
) -> None:
    await posts(database)
    await ask(client)
    silent = await claim_run(database, NORTHSHIRE, TODAY)
    assert silent is not None
    assert await claim_run(database, NORTHSHIRE, TODAY) is None, "one worker at a time"
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text("UPDATE plan_run SET lease_until = now() - interval '1 second'"))
    assert await work(database) == 1
    [done] = await rows(database, "SELECT * FROM plan_run")
    assert (done.state, done.attempt) == ("done", 2)
    await process_plan(database, silent)
    assert [row.version for row in await rows(database, "SELECT version FROM plan_run")] == [done.version]
    assert len(await rows(database, "SELECT * FROM plan_snapshot")) == 1


async def test_a_run_that_kills_its_workers_is_given_up(client: Client, database: Database) -> None:
    await posts(database)
    where = await ask(client)
    assert await claim_run(database, NORTHSHIRE, TODAY) is not None
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text("UPDATE plan_run SET attempt = 3, lease_until = now() - interval '1 second'")
        )
    assert await work(database) == 0
    assert "started three times and never finished" in words(await client.get(where, as_=LEAD_OF_NORTH))


async def test_cancelled_while_it_is_solved_it_ends_and_the_solver_with_it(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await posts(database)
    stands = await a_plan(client, database)
    where = await ask(client)
    began, ended = asyncio.Event(), asyncio.Event()

    async def endless(*_given: Any, **_settled: Any) -> Any:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr(job, "solve", endless)
    monkeypatch.setattr(job, "PULSE", 0.05)
    working = asyncio.create_task(work(database))
    await asyncio.wait_for(began.wait(), PATIENCE)
    answer = await client.post(f"{where}/cancellation", {}, as_=LEAD_OF_NORTH)
    assert answer.status_code == 303
    await asyncio.wait_for(working, PATIENCE)
    assert ended.is_set()
    assert "It was cancelled before it was worked out" in words(await client.get(where, as_=LEAD_OF_NORTH))
    assert (await client.post(f"{where}/cancellation", {}, as_=LEAD_OF_NORTH)).status_code == 409
    assert "Not sent yet" in words(await client.get(stands, as_=LEAD_OF_NORTH))


async def test_a_solver_that_crashes_gives_the_fallback_named_as_such(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await posts(database)

    async def crashing(instance: Any, **settled: Any) -> Any:
        return await subprocess_client.run(instance, child=("false",), **settled)

    monkeypatch.setattr(job, "solve", crashing)
    where = await a_plan(client, database)
    page = words(await client.get(where, as_=LEAD_OF_NORTH))
    assert "The solver stopped working" in page
    assert "proven that no other is better" not in page
    [run] = await rows(database, "SELECT status, coverage FROM plan_run")
    assert run.status == "greedy"
    assert "Not proven" in page or all(one["served"] == one["needs"] for one in run.coverage)


async def test_what_goes_wrong_unforeseen_is_that_runs_end_and_no_others(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await posts(database)
    stands = await a_plan(client, database)
    where = await ask(client)

    async def broken(*_given: Any, **_settled: Any) -> Any:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(job, "solve", broken)
        assert await work(database) == 1
    page = words(await client.get(where, as_=LEAD_OF_NORTH))
    assert "Something went wrong while the plan was made" in page
    assert "a bug" not in page
    assert "Not sent yet" in words(await client.get(stands, as_=LEAD_OF_NORTH))
    assert await partners(database, await a_plan(client, database))


async def test_nothing_to_plan_has_its_sentence(client: Client, database: Database) -> None:
    where = await a_plan(client, database)
    assert "There is no open need to plan for" in words(await client.get(where, as_=LEAD_OF_NORTH))
    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session, MILL, days=2)
    where = await a_plan(client, database)
    page = words(await client.get(where, as_=LEAD_OF_NORTH))
    assert "There is no live offer to plan with" in page
    assert "There is no plan for North yet" in page


async def test_a_plan_is_replayed_from_what_is_kept_whatever_has_changed_since(
    client: Client, database: Database
) -> None:
    await posts(database)
    where = await a_plan(client, database)
    [kept] = await rows(database, "SELECT inputs FROM plan_snapshot")
    assert len(restored(kept.inputs).offers) == 2
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text("UPDATE offer SET state = 'ended'"))
    page = words(await client.get(f"{where}/replay", as_=LEAD_OF_NORTH))
    assert "The same plan." in page


async def test_what_changed_between_two_plans_is_a_page(client: Client, database: Database) -> None:
    await posts(database)
    await a_plan(client, database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text("UPDATE offer SET state = 'paused' WHERE title = 'Lock comes'"))
        await a_need(session, MILL, days=1, title="A second need")
    where = await a_plan(client, database)
    page = words(await client.get(f"{where}/comparison", as_=LEAD_OF_NORTH))
    assert "2 of 2 needs matched before 1 of 2 needs matched after" in page
    assert "those of the 1 need matched in both" in page
    assert "match score" not in page
    assert "1 need came in." in page
    assert "1 offer left." in page
    assert "A second need" in page
    assert "Nobody" in page


async def finish_by_hand(database: Database, *, superseding: bool) -> None:
    """Insert a second run with the assignments of the first, and finish it with SQL only."""
    async with database.transaction(NORTHSHIRE) as session:
        if superseding:
            await session.execute(text("UPDATE plan_run SET state = 'superseded'"))
        run = await session.scalar(
            text(
                "INSERT INTO plan_run (authority_id, consortium_id, state, because, weights_version, seed,"
                " limit_seconds, input_hash, status, inputs_read_at) SELECT authority_id, consortium_id, 'queued',"
                " because, weights_version, seed, limit_seconds, input_hash, status, now() FROM plan_run RETURNING id"
            )
        )
        await session.execute(
            text(
                "INSERT INTO plan_assignment (authority_id, run_id, need_id, requesting_urn, tier, offer_id, supporting_urn, score,"
                " candidates, days, parts, why) SELECT authority_id, :run, need_id, requesting_urn, tier, offer_id,"
                " supporting_urn, score, candidates, days, parts, why FROM plan_assignment"
            ),
            {"run": run},
        )
        for state in ("running", "done"):
            await session.execute(
                text("UPDATE plan_run SET state = :state WHERE id = :run"), {"state": state, "run": run}
            )


async def test_postgresql_refuses_a_plan_that_breaks_a_pin_and_a_second_one_that_stands(
    client: Client, database: Database
) -> None:
    """The trigger and the index hold without any Python checks."""
    made = await posts(database)
    where = await a_plan(client, database)
    [assignment] = await rows(
        database, "SELECT * FROM plan_assignment WHERE need_id = :need", need=made["mill"]
    )
    other = next(made[key] for key in ("quay_offer", "lock_offer") if made[key] != assignment.offer_id)
    with pytest.raises(IntegrityError, match="uq_plan_run_standing"):
        await finish_by_hand(database, superseding=False)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO plan_constraint (authority_id, need_id, offer_id, kind, reason, made_by)"
                " VALUES (901, :need, :offer, 'pin', 'Mine', :by)"
            ),
            {"need": made["mill"], "offer": other, "by": LEAD_OF_NORTH.person_id},
        )
    with pytest.raises(IntegrityError, match="the plan breaks a pin"):
        await finish_by_hand(database, superseding=True)
    assert "Not sent yet" in words(await client.get(where, as_=LEAD_OF_NORTH))


def test_a_lease_outlasts_many_signs_of_life() -> None:
    """A worker that is slow for a moment keeps its run."""
    assert timedelta(seconds=job.PULSE * 10) < job.PLAN_QUEUE.lease


async def test_a_worker_killed_while_it_solves_loses_nothing(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """`alongside worker` is killed with SIGKILL after it has started: another worker finishes the run."""
    await posts(database)
    stands = await a_plan(client, database)
    where = await ask(client)
    with worker_process(copy, "readable") as process:
        async with asyncio.timeout(PATIENCE):
            while (await rows(database, "SELECT state FROM plan_run ORDER BY id"))[-1].state == "queued":
                await asyncio.sleep(0.01)
        process.kill()
        process.wait()
    left = await rows(database, "SELECT state, attempt FROM plan_run ORDER BY id")
    assert [row.state for row in left] == ["done", "running"], "killed in the middle"
    assert "Not sent yet" in words(await client.get(stands, as_=LEAD_OF_NORTH))
    assert await work(database) == 0, "its lease still runs"
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text("UPDATE plan_run SET lease_until = now() WHERE state = 'running'"))
    assert await work(database) == 1
    assert "2 of 2 needs matched" in words(await client.get(where, as_=LEAD_OF_NORTH))
    assert [row.attempt for row in await rows(database, "SELECT attempt FROM plan_run ORDER BY id")] == [1, 2]
