"""The worker process: no email is lost when it is killed or stalled, and it stops when told to."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from unittest.mock import AsyncMock

import asyncpg
import pytest

from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.notifications.transports import Smtp
from alongside.settings import Settings
from alongside.worker.main import Worker
from tests.databases import SIGNING_KEY, DatabaseCopy
from tests.patience import PATIENCE
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, NORTHSHIRE, SOUTHSHIRE
from tests.platform.notifications.mail_server import (
    NOON,
    SCHOOL_DAY,
    SENDER,
    MailServer,
    change,
    emails,
    mail_server,
    sender_over,
    tell_about,
)

MILL, PARK = HEAD_OF_MILL.person_id, HEAD_OF_PARK.person_id


@contextmanager
def worker_process(copy: DatabaseCopy, mail: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `alongside worker` as an operator does, with the demonstration's hours, so that it sends at night too."""
    environment = os.environ | {
        "DATABASE_URL": copy.app_url,
        "ALONGSIDE_RLS_SIGNING_KEY": SIGNING_KEY.decode(),
        "ALONGSIDE_SECRET": "s" * 32,
        "ALONGSIDE_MAIL": mail,
        "ALONGSIDE_MAIL_FROM": SENDER,
        "ALONGSIDE_DEMONSTRATION": "yes",
        "ALONGSIDE_BASE_URL": "https://{host}",
    }
    process = subprocess.Popen([sys.executable, "-m", "alongside.cli", "worker"], env=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@asynccontextmanager
async def worker_here(database: Database, copy: DatabaseCopy, transport: Any) -> AsyncIterator[Worker]:
    """A worker in this process, on a Tuesday at noon."""
    settings = Settings(
        database_url=copy.app_url, signing_key=SIGNING_KEY, secret=b"s" * 32, base_url="https://{host}"
    )
    worker = Worker(database, settings, sender_over(database, transport), now=lambda: NOON)
    task = asyncio.create_task(worker.work())
    try:
        yield worker
    finally:
        worker.stopping.set()
        await asyncio.wait_for(task, PATIENCE)


async def until(true: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await true():
            await asyncio.sleep(0.02)


async def test_killed_between_handing_over_and_marking_nothing_is_lost_and_the_mailbox_has_one_of_each(
    database: Database, copy: DatabaseCopy
) -> None:
    """Five rounds of SIGKILL just after the server accepted: before the worker could record it."""
    for number in range(30):
        await tell_about(database, [MILL], str(number))
    kills = 0

    async with mail_server() as room:

        async def kill_the_sender(_message: Any, taken: MailServer) -> None:
            nonlocal kills
            if kills < 5 and len(taken.copies) >= 3 * kills + 1:
                kills += 1
                process.send_signal(signal.SIGKILL)

        room.answer = kill_the_sender
        for _ in range(6):
            with worker_process(copy, room.url) as process:
                sent = asyncio.create_task(until(lambda: all_are(database, "sent")))
                while process.poll() is None and not sent.done():
                    await asyncio.sleep(0.02)
                sent.cancel()
            await change(database, "UPDATE email_outbox SET lease_until = now() WHERE state = 'sending'")
            if await all_are(database, "sent"):
                break
        assert kills == 5
        written = {f"<{one.message_id}@schools.example>" for one in await emails(database)}
        assert set(room.inbox) == written
        assert len(written) == 30
        assert len(room.copies) > 30, "the kills did hit between the yes and the note"


async def all_are(database: Database, state: str) -> bool:
    return {one.state for one in await emails(database)} == {state}


async def test_told_to_stop_it_stops_and_says_so_with_exit_code_0(
    database: Database, copy: DatabaseCopy
) -> None:
    await tell_about(database, [MILL], "1")
    with worker_process(copy, "readable") as process:
        await until(lambda: all_are(database, "sent"))
        process.terminate()
        assert await asyncio.to_thread(process.wait, 6) == 0


async def test_an_email_is_sent_at_the_call_not_at_the_next_round(
    database: Database, copy: DatabaseCopy
) -> None:
    async with mail_server() as room, worker_here(database, copy, Smtp(room.url, SENDER)) as worker:
        await until(lambda: idle(worker))
        await asyncio.sleep(0.5)
        await tell_about(database, [MILL], "1")
        await until(lambda: arrived(room, 1))


async def idle(worker: Worker) -> bool:
    return not worker.short.busy and not worker.long.busy


async def arrived(room: MailServer, count: int) -> bool:
    return len(room.copies) >= count


async def test_it_goes_on_when_postgresql_has_cut_all_its_connections(
    database: Database, copy: DatabaseCopy
) -> None:
    async with mail_server() as room, worker_here(database, copy, Smtp(room.url, SENDER)):
        for number in range(3):
            superuser = await asyncpg.connect(copy.superuser_url)
            await superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await superuser.close()
            for _ in range(10):
                try:
                    await tell_about(database, [MILL], str(number))
                    break
                except Exception:  # noqa: BLE001  (the test's own connections were cut too)
                    await asyncio.sleep(0.1)
            await until(lambda number=number: arrived(room, number + 1))


async def test_one_authoritys_slow_emails_keep_no_other_waiting(
    database: Database, copy: DatabaseCopy
) -> None:
    for number in range(100):
        await tell_about(database, [MILL], str(number))
    await tell_about(database, [PARK], "1", SOUTHSHIRE)
    async with mail_server() as room:

        async def slow(message: Any, _: MailServer) -> None:
            if "901" in message["To"]:
                await asyncio.sleep(1)

        room.answer = slow
        async with worker_here(database, copy, Smtp(room.url, SENDER)):
            await until(lambda: all_sent_of(database, SOUTHSHIRE))
        assert not await all_sent_of(database, NORTHSHIRE)
        assert len(room.copies) < 50, "it stops between two batches of ten"


async def all_sent_of(database: Database, authority_id: int) -> bool:
    return {one.state for one in await emails(database, authority_id)} == {"sent"}


def test_the_cast_is_on_a_school_day() -> None:
    assert NOON.date() == SCHOOL_DAY == system(NORTHSHIRE, SCHOOL_DAY).today


async def test_an_announced_authority_waits_until_its_settings_are_read(
    database: Database, copy: DatabaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that has just started knows no authority; the round that follows works for all."""
    called: list[int] = []
    monkeypatch.setattr(Worker, "call", lambda _, authority_id: called.append(authority_id))
    settings = Settings(
        database_url=copy.app_url, signing_key=SIGNING_KEY, secret=b"s" * 32, base_url="https://{host}"
    )
    worker = Worker(database, settings, sender_over(database, AsyncMock()), now=lambda: NOON)
    with monkeypatch.context() as before:
        before.setattr("alongside.worker.main.all_settings", lambda: ())
        worker._hear("", str(NORTHSHIRE))
    assert called == []
    worker._hear("", str(NORTHSHIRE))
    assert called == [NORTHSHIRE]
