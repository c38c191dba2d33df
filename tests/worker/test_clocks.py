"""Scheduled jobs run once a day, in one worker, on school days and at reasonable hours."""

import asyncio
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.platform.access.principal import Principal
from alongside.platform.database.session import Database
from alongside.worker import scheduler
from alongside.worker.scheduler import CLOCKS, Clock, Clocks, due_now, hours_now
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
def test_clocks_run_on_school_days_from_six(moment: str, some: bool) -> None:
    assert bool(due_now(settings_of(NORTHSHIRE), at(moment))) is some


async def test_every_clock_runs_once_a_day_whatever_the_number_of_workers(database: Database) -> None:
    noon = at("2026-11-24T12:00")
    ran = await asyncio.gather(*(Clocks(database).run(settings_of(NORTHSHIRE), noon) for _ in range(4)))
    names = sorted(name for one in ran for name in one)
    assert sorted({clock.name for clock in CLOCKS} | {"write_digests"}) == sorted(set(names))
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        rows = (await session.execute(text("SELECT clock FROM scheduled_job_run"))).scalars().all()
    assert sorted(rows) == sorted(set(names))
    assert await Clocks(database).run(settings_of(NORTHSHIRE), noon) == []
    assert await Clocks(database).run(settings_of(NORTHSHIRE), at("2026-11-25T12:00")) != []


def with_clocks(monkeypatch: pytest.MonkeyPatch, *made: Clock) -> None:
    monkeypatch.setattr(scheduler, "CLOCKS", made)


async def test_a_clock_that_fails_leaves_nothing_and_keeps_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    async def half(session: Any, person: Principal, _: AuthoritySettings) -> int:
        await session.execute(text("UPDATE person SET name = 'half done'"))
        if person.authority_id == NORTHSHIRE:
            raise ValueError
        return 0

    async def good(_session: Any, person: Principal, _: AuthoritySettings) -> int:
        told.append(person.authority_id)
        return 0

    with_clocks(monkeypatch, Clock("half", 7, half), Clock("good", 7, good))
    mine = Clocks(database)
    noon = at("2026-11-24T12:00")
    assert await mine.run(settings_of(NORTHSHIRE), noon) == ["good", "write_digests"]
    assert await mine.run(settings_of(SOUTHSHIRE), noon) == ["half", "good", "write_digests"]
    assert told == [NORTHSHIRE, SOUTHSHIRE]
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert not await session.scalar(text("SELECT count(*) FROM person WHERE name = 'half done'"))
        assert not await session.scalar(text("SELECT count(*) FROM scheduled_job_run WHERE clock = 'half'"))


async def test_a_clock_with_more_than_one_batch_is_run_until_it_has_run_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [200, 200, 3]

    async def batches(_session: Any, _person: Principal, _: AuthoritySettings) -> int:
        return left.pop(0)

    with_clocks(monkeypatch, Clock("batches", 7, batches))
    assert "batches" in await Clocks(database).run(settings_of(NORTHSHIRE), at("2026-11-24T12:00"))
    assert left == []
