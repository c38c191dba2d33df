"""Scheduled jobs run once a day, in one worker, on school days and at reasonable hours."""

import asyncio
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from asyncpg import DeadlockDetectedError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.features.authorities import settings_of
from alongside.features.authorities.sending_hours import hours_now
from alongside.platform.access.principal import Principal
from alongside.platform.database.connecting import DatabaseAway
from alongside.platform.database.session import Database
from alongside.platform.jobs import scheduler
from alongside.platform.jobs.scheduler import Schedule, ScheduledJob, Scheduler
from alongside.worker.schedule import declared_schedule
from tests.personas import NORTHSHIRE, SOUTHSHIRE

LONDON = ZoneInfo("Europe/London")


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        ("2026-11-24T12:00", ("school_hours", "waking_hours")),
        ("2026-11-24T07:29", ("waking_hours",)),
        ("2026-11-24T17:30", ("waking_hours",)),
        ("2026-11-24T19:00", ()),
        ("2026-11-24T03:00", ()),
        ("2026-11-28T12:00", ("waking_hours",)),
        ("2026-12-25T12:00", ("waking_hours",)),
        ("2027-06-15T07:30", ("school_hours", "waking_hours")),
    ],
)
def test_emails_leave_in_school_hours_by_the_clock_in_london(moment: str, hours: tuple[str, ...]) -> None:
    assert hours_now(settings_of(NORTHSHIRE), at(moment)) == hours


@pytest.mark.parametrize(
    ("moment", "some"),
    [
        ("2026-11-24T05:59", False),
        ("2026-11-24T06:00", True),
        ("2026-11-28T12:00", False),
        ("2026-12-25T12:00", False),
    ],
)
def test_jobs_run_on_school_days_from_six(moment: str, some: bool) -> None:
    assert bool(declared_schedule().due(NORTHSHIRE, at(moment))) is some


def test_the_jobs_of_an_earlier_hour_come_first() -> None:
    """Deadlines are recalculated before anything lapses by them."""
    names = [job.name for job in declared_schedule().due(NORTHSHIRE, at("2026-11-24T12:00"))]
    assert names.index("recalculate_answer_days") < names.index("lapse_proposals")


async def test_every_job_runs_once_a_day_whatever_the_number_of_workers(database: Database) -> None:
    noon, schedule = at("2026-11-24T12:00"), declared_schedule()
    ran = await asyncio.gather(*(Scheduler(database, schedule).run(NORTHSHIRE, noon) for _ in range(4)))
    names = sorted(name for one in ran for name in one)
    assert sorted({job.name for job in schedule.jobs}) == sorted(set(names))
    assert "write_digests" in names
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        rows = (await session.execute(text("SELECT job FROM scheduled_job_run"))).scalars().all()
    assert sorted(rows) == sorted(set(names))
    assert await Scheduler(database, schedule).run(NORTHSHIRE, noon) == []
    assert await Scheduler(database, schedule).run(NORTHSHIRE, at("2026-11-25T12:00")) != []


def schedule_of(*jobs: ScheduledJob) -> Schedule:
    return Schedule(jobs, declared_schedule().runs_on)


async def test_a_job_that_fails_leaves_nothing_and_keeps_no_other(database: Database) -> None:
    output: list[int] = []

    async def half(session: Any, person: Principal) -> int:
        await session.execute(text("UPDATE person SET name = 'half done'"))
        if person.authority_id == NORTHSHIRE:
            raise ValueError
        return 0

    async def good(_session: Any, person: Principal) -> int:
        output.append(person.authority_id)
        return 0

    mine = Scheduler(database, schedule_of(ScheduledJob(7, half), ScheduledJob(7, good)))
    noon = at("2026-11-24T12:00")
    assert await mine.run(NORTHSHIRE, noon) == ["good"]
    assert await mine.run(SOUTHSHIRE, noon) == ["half", "good"]
    assert output == [NORTHSHIRE, SOUTHSHIRE]
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert not await session.scalar(text("SELECT count(*) FROM person WHERE name = 'half done'"))
        assert not await session.scalar(text("SELECT count(*) FROM scheduled_job_run WHERE job = 'half'"))


@pytest.mark.parametrize(
    "passing", [DatabaseAway("PostgreSQL restarts"), DBAPIError("", None, DeadlockDetectedError())]
)
async def test_a_job_that_fails_for_a_passing_reason_runs_at_the_next_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch, passing: Exception
) -> None:
    """A restart of PostgreSQL neither logs an error nor puts a daily job off for ten minutes."""
    output: list[str] = []
    monkeypatch.setattr(scheduler.log, "warning", lambda event, **_: output.append(event), raising=False)
    monkeypatch.setattr(scheduler.log, "exception", lambda event, **_: pytest.fail(event), raising=False)
    fails = [passing]

    async def lapse(_session: Any, _person: Principal) -> None:
        if fails:
            raise fails.pop()

    mine, noon = Scheduler(database, schedule_of(ScheduledJob(7, lapse))), at("2026-11-24T12:00")
    assert await mine.run(NORTHSHIRE, noon) == []
    assert output == ["job put off"]
    assert await mine.run(NORTHSHIRE, noon) == ["lapse"]


async def test_a_job_with_more_than_one_batch_is_run_until_it_has_run_out(database: Database) -> None:
    left = [200, 200, 3]

    async def batches(_session: Any, _person: Principal) -> int:
        return left.pop(0)

    jobs = schedule_of(ScheduledJob(7, batches))
    assert await Scheduler(database, jobs).run(NORTHSHIRE, at("2026-11-24T12:00")) == ["batches"]
    assert left == []
