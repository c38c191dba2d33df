"""Thousands of timers and four workers, one killed every two seconds: each reminder is sent once.

`make load` runs 3,000 of them; the suite fewer.
"""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from alongside.features.escalations.deadlines import STAGES, STEPS
from alongside.features.escalations.reminders.dispatch import REMINDER_QUEUE
from tests.databases import SIGNING_KEY, DatabaseCopy
from tests.features.escalations.escalations import an_escalation
from tests.patience import PATIENCE
from tests.personas import NORTHSHIRE, OFFICER
from tests.platform.notifications.mail_server import SENDER, MailServer, mail_server
from tests.sampling import size

pytestmark = pytest.mark.slow

HOW_MANY = size(80, 3_000)
WORKERS = 4
KILL_EVERY = 2.0
"""Seconds between kills on a quiet machine; on a busier one, in proportion: a start must not take longer than a life.

Where starts fall behind all the same, the last that is up is left to work: else nothing would ever be done.
"""

QUIET_START = 2.5
"""Seconds in which four workers start on a quiet machine."""

AT_MOST = PATIENCE + HOW_MANY / 5
"""Seconds until all must be done, on a machine that other tests keep busy."""


@pytest.fixture
async def boss(copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """The database as its superuser."""
    connection = await asyncpg.connect(copy.superuser_url)
    yield connection
    await connection.close()


@dataclass
class Worker:
    """One process, and the file with its log."""

    process: subprocess.Popen[bytes]
    said: Path

    def is_up(self) -> bool:
        """Return whether it has started to work; before that there is nothing to kill."""
        return b"working" in self.said.read_bytes()

    def end(self) -> None:
        """Kill with SIGKILL."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


def start(copy: DatabaseCopy, room: MailServer, folder: Path) -> Worker:
    """Start `alongside worker` as an operator does, with the demonstration's hours, which are all hours."""
    said = folder / f"{uuid4().hex}.log"
    environment = os.environ | {
        "DATABASE_URL": copy.app_url,
        "ALONGSIDE_RLS_SIGNING_KEY": SIGNING_KEY.decode(),
        "ALONGSIDE_SECRET": "s" * 32,
        "ALONGSIDE_MAIL": room.url,
        "ALONGSIDE_MAIL_FROM": SENDER,
        "ALONGSIDE_DEMONSTRATION": "yes",
        "ALONGSIDE_BASE_URL": "https://{host}",
    }
    command = [sys.executable, "-m", "alongside.cli", "worker"]
    with said.open("wb") as out:
        return Worker(subprocess.Popen(command, env=environment, stdout=out, stderr=out), said)


async def arm_many(boss: asyncpg.Connection, count: int) -> None:
    """That many timers that are due now: an escalation has one for each stage and step. Every reminder is to be a letter."""
    await boss.execute("UPDATE person SET mail_choice = 'at_once'")
    each = len(STAGES) * len(STEPS)
    escalations = [await an_escalation(boss, owner_id=OFFICER.person_id) for _ in range(-(-count // each))]
    await boss.execute(
        "INSERT INTO escalation_timer (authority_id, escalation_id, deadline_kind, step, due_at, run_at)"
        " SELECT $1, one, deadline_kind, step, now(), now() FROM unnest($2::uuid[]) one, unnest($3::text[]) deadline_kind,"
        " unnest($4::text[]) step LIMIT $5",
        NORTHSHIRE,
        escalations,
        list(STAGES),
        list(STEPS),
        count,
    )


async def to_come(boss: asyncpg.Connection) -> int:
    """Return how many reminders are still to be given."""
    count: int = await boss.fetchval("SELECT count(*) FROM escalation_timer WHERE state <> 'fired'")
    return count


async def unsent(boss: asyncpg.Connection) -> int:
    """Return how many emails are still to be sent."""
    count: int = await boss.fetchval("SELECT count(*) FROM email_outbox WHERE state <> 'sent'")
    return count


async def once_each(boss: asyncpg.Connection, room: MailServer, count: int) -> None:
    """Every timer fired, gave one reminder, and the person who it told has exactly one notice and one letter of it."""
    assert await boss.fetchval("SELECT count(*) FROM escalation_timer WHERE state = 'fired'") == count
    given = await boss.fetch("SELECT timer_id, step, people_notified FROM escalation_reminder")
    assert Counter(Counter(row["timer_id"] for row in given).values()) == {1: count}
    notices = await boss.fetch(
        "SELECT once, count(DISTINCT person_id) AS people, count(*) AS lines FROM notification GROUP BY 1"
    )
    assert all(row["people"] == row["lines"] for row in notices)
    output = {
        f"escalation_timer:{row['timer_id']}:1": row["people_notified"]
        for row in given
        if row["step"] != "director" and row["people_notified"]
    }
    assert {row["once"]: row["people"] for row in notices} == output
    to_director = sum(row["step"] == "director" for row in given)
    assert len(room.inbox) == sum(output.values()) + to_director, (
        "one letter in a mailbox for each that was told"
    )
    assert await boss.fetchval("SELECT count(*) FROM email_outbox") == len(room.inbox)


async def test_one_worker_of_four_is_killed_every_two_seconds_and_each_reminder_is_given_once(
    copy: DatabaseCopy, boss: asyncpg.Connection, tmp_path: Path
) -> None:
    await arm_many(boss, HOW_MANY)
    async with mail_server() as room:
        workers = [start(copy, room, tmp_path) for _ in range(WORKERS)]
        kills, began = 0, time.monotonic()
        try:
            while not all(one.is_up() for one in workers):
                await asyncio.sleep(0.05)
            kill_every = KILL_EVERY * max(1.0, (time.monotonic() - began) / QUIET_START)
            next_kill = time.monotonic()
            while await to_come(boss):
                assert time.monotonic() - began < AT_MOST, f"{await to_come(boss)} are still to come"
                up = [one for one in workers if one.is_up()]
                if len(up) > 1 and time.monotonic() >= next_kill:
                    victim = random.choice(up)
                    victim.end()
                    workers[workers.index(victim)] = start(copy, room, tmp_path)
                    kills, next_kill = kills + 1, time.monotonic() + kill_every
                await asyncio.sleep(0.1)
            took = time.monotonic() - began
            await boss.execute("UPDATE email_outbox SET lease_until = now() WHERE state = 'sending'")
            async with asyncio.timeout(AT_MOST):
                while await unsent(boss):
                    await asyncio.sleep(0.1)
        finally:
            for one in workers:
                one.end()
        await once_each(boss, room, HOW_MANY)
    assert kills >= 1, "somebody was killed"
    [figures] = await boss.fetch(
        "SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM fired_at - run_at)) AS p99_late,"
        " max(attempt) AS tries, count(*) FILTER (WHERE attempt > 1) AS taken_over FROM escalation_timer"
    )
    print(f"{HOW_MANY} timers, a kill every {kill_every:.1f} s, {kills} kills, {took:.0f} s: {dict(figures)}")


async def test_a_worker_that_was_stopped_past_its_lease_writes_nothing_when_it_wakes(
    copy: DatabaseCopy, boss: asyncpg.Connection, tmp_path: Path
) -> None:
    await arm_many(boss, 60)
    in_hand = "SELECT count(*) FROM escalation_timer WHERE state = 'claimed'"
    async with mail_server() as room:
        workers = [start(copy, room, tmp_path)]
        sleeper = workers[0].process
        try:
            async with asyncio.timeout(PATIENCE):
                kept = 0
                while not kept:  # it must be stopped with timers in hand, not between two batches
                    assert await to_come(boss), "it gave all reminders before it could be stopped"
                    sleeper.send_signal(signal.SIGCONT)
                    while not await boss.fetchval(in_hand):
                        await asyncio.sleep(0.01)
                    sleeper.send_signal(signal.SIGSTOP)
                    kept = await boss.fetchval(in_hand)
                await asyncio.sleep(REMINDER_QUEUE.lease_seconds + 1)
                workers.append(start(copy, room, tmp_path))
                while await to_come(boss):
                    await asyncio.sleep(0.05)
                sleeper.send_signal(signal.SIGCONT)
                await asyncio.sleep(2)
                while await unsent(boss):
                    await asyncio.sleep(0.05)
            taken_over = await boss.fetchval("SELECT count(*) FROM escalation_timer WHERE attempt > 1")
            assert taken_over >= kept - 1, "but for the one that it may just have committed"
            assert sleeper.poll() is None, "and it goes on working"
        finally:
            for one in workers:
                one.end()
        await once_each(boss, room, 60)
