"""A failed commit is never reported as a success; one whose response was lost is recognised."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from litestar import Litestar
from sqlalchemy import text

from alongside.platform.audit.queries import broken_links
from alongside.platform.database.session import Database
from tests.databases import DatabaseCopy
from tests.faults.clients import app_on_a_small_pool, call
from tests.features.needs.form_values import need
from tests.patience import PATIENCE
from tests.personas import HEAD_OF_MILL, NORTHSHIRE

KILL_ALL = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = 'alongside_app'"
)
AT_COMMIT = """
CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN {body} RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON need
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit();
"""
BAD_ENDS = {
    "a constraint that is checked at the commit": "RAISE check_violation USING MESSAGE = 'not like this';",
    "a lost serialisation": "RAISE serialization_failure USING MESSAGE = 'somebody was faster';",
    "a deadlock": "RAISE deadlock_detected USING MESSAGE = 'each waits for the other';",
    "the connection's end in the midst of the commit": "PERFORM pg_terminate_backend(pg_backend_pid());",
    "a full disk": "RAISE disk_full USING MESSAGE = 'no space left on device';",
}


@asynccontextmanager
async def superuser(copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A superuser connection, to cause faults."""
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        yield connection
    finally:
        await connection.close()


async def titles(database: Database) -> list[str]:
    """Return the titles of the needs in the database."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        return list((await session.execute(text("SELECT title FROM need"))).scalars())


async def submissions(database: Database) -> int:
    """Return how many submissions are recorded."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        return int(await session.scalar(text("SELECT count(*) FROM idempotency_key")) or 0)


async def post(app: Litestar, title: str, key: str | None = None) -> int:
    """Post a need; returns the status."""
    return (await call(app, HEAD_OF_MILL, "/needs", need(title=title, checked_second="y"), key=key)).status


@pytest.mark.parametrize("body", BAD_ENDS.values(), ids=BAD_ENDS.keys())
async def test_a_failing_commit_is_no_success(copy: DatabaseCopy, database: Database, body: str) -> None:
    """Never 2xx or 3xx, no row exists, and the same form succeeds once the fault is fixed."""
    key = uuid4().hex
    async with app_on_a_small_pool(copy, 4) as app, superuser(copy) as connection:
        await connection.execute(AT_COMMIT.format(body=body))
        status = await post(app, "Never there", key)
        assert status in (409, 500, 503)
        assert await titles(database) == []
        assert await submissions(database) == 0
        await connection.execute("DROP TRIGGER at_commit ON need")
        assert await post(app, "Never there", key) == 303
        assert await titles(database) == ["Never there"]


async def test_a_fault_that_passes_is_never_seen(copy: DatabaseCopy, database: Database) -> None:
    """A serialisation failure twice and a lost connection twice cause a delay, not an error."""
    passing = "IF nextval('tries') <= 2 THEN {} END IF;"
    async with app_on_a_small_pool(copy, 4) as app, superuser(copy) as connection:
        for number, name in enumerate(
            ("a lost serialisation", "the connection's end in the midst of the commit")
        ):
            await connection.execute("CREATE SEQUENCE tries")
            await connection.execute(AT_COMMIT.format(body=passing.format(BAD_ENDS[name])))
            assert await post(app, f"Tried anew {number}") == 303
            await connection.execute("DROP FUNCTION at_commit CASCADE; DROP SEQUENCE tries")
    assert sorted(await titles(database)) == ["Tried anew 0", "Tried anew 1"]


async def burst(app: Litestar, until: asyncio.Event, ends: list[tuple[str, str, int]], name: str) -> None:
    """Post needs and open the list, one after the other, until told to stop."""
    number = 0
    while not until.is_set():
        title = f"{name} {number}"
        number += 1
        if number % 3:
            ends.append(("GET", title, (await call(app, HEAD_OF_MILL, "/needs")).status))
        else:
            ends.append(("POST", title, await post(app, title)))


async def more_than(ends: list[tuple[str, str, int]], count: int) -> None:
    """Wait until that many requests have ended."""
    async with asyncio.timeout(PATIENCE):
        while len(ends) < count:
            await asyncio.sleep(0.02)


@pytest.mark.slow
async def test_all_connections_ended_in_mid_burst(copy: DatabaseCopy, database: Database) -> None:
    """Six times all connections end under eight busy heads: no request fails, no acknowledged need is lost."""
    ends: list[tuple[str, str, int]] = []
    over = asyncio.Event()
    async with app_on_a_small_pool(copy, 6) as app, superuser(copy) as connection:
        busy = [asyncio.create_task(burst(app, over, ends, f"head {n}")) for n in range(8)]
        for _ in range(6):
            await asyncio.sleep(0.7)
            await more_than(ends, len(ends) + 8)  # on a busy machine a request takes longer than that
            assert await connection.fetchval(KILL_ALL) > 0
        await more_than(ends, len(ends) + 8)
        over.set()
        await asyncio.gather(*busy)
    assert {(method, status) for method, _, status in ends} == {("GET", 200), ("POST", 303)}
    acknowledged = [title for method, title, status in ends if method == "POST"]
    assert len(acknowledged) > 10
    assert sorted(await titles(database)) == sorted(acknowledged)
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert not await broken_links(session, NORTHSHIRE)


class CutAfterCommit:
    """A proxy to PostgreSQL that breaks after a COMMIT, before its result comes back."""

    def __init__(self, copy: DatabaseCopy) -> None:
        place = copy.app_url.rsplit("@", 1)[1].split("/")[0]
        self.host, _, self.port = place.partition(":")
        self.copy, self.cuts = copy, 0
        self.armed: Callable[[], bool] = lambda: False

    @asynccontextmanager
    async def line(self) -> AsyncIterator[DatabaseCopy]:
        """Yield the same copy, reached through this proxy."""
        tasks: set[asyncio.Task[Any]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there = await asyncio.open_connection(self.host, int(self.port))
            state = {"cut": False}
            tasks.add(asyncio.create_task(self._there(reader, there[1], state)))
            tasks.add(asyncio.create_task(self._back(there[0], writer, state)))

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            yield DatabaseCopy(
                self.copy.name,
                self.copy.app_url.replace(f":{self.port}/", f":{port}/"),
                self.copy.superuser_url,
            )
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _there(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, state: dict[str, bool]
    ) -> None:
        while piece := await reader.read(65_536):
            if b"COMMIT" in piece and self.armed():
                state["cut"] = True
                self.cuts += 1
            writer.write(piece)
            await writer.drain()
        writer.close()

    async def _back(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, state: dict[str, bool]
    ) -> None:
        while piece := await reader.read(65_536):
            if state[
                "cut"
            ]:  # PostgreSQL has answered, so the commit is done: the app does not get the answer
                break
            writer.write(piece)
            await writer.drain()
        writer.transport.abort()


async def test_cut_off_after_the_commit_was_sent(copy: DatabaseCopy, database: Database) -> None:
    """The commit took effect and its result was lost: the next attempt finds it instead of running twice."""
    broken = CutAfterCommit(copy)
    async with broken.line() as through, app_on_a_small_pool(through, 2) as app:
        assert (await call(app, HEAD_OF_MILL, "/needs")).status == 200
        broken.armed = lambda: broken.cuts < 1
        assert await post(app, "Once") == 303
    assert broken.cuts == 1
    assert await titles(database) == ["Once"]


async def test_sent_again_by_the_head_after_the_answer_was_lost(
    copy: DatabaseCopy, database: Database
) -> None:
    """The connection breaks at every attempt: the head gets 503, sends the form again with its key, and gets the
    result.
    """
    broken, key = CutAfterCommit(copy), uuid4().hex
    async with broken.line() as through, app_on_a_small_pool(through, 2) as app:
        assert (await call(app, HEAD_OF_MILL, "/needs")).status == 200
        broken.armed = lambda: True
        first = await call(app, HEAD_OF_MILL, "/needs", need(title="Once", checked_second="y"), key=key)
        broken.armed = lambda: False
        assert first.status == 503
        assert key in first.text, "the page keeps what was typed, under the same key"
        second = await call(app, HEAD_OF_MILL, "/needs", need(title="Once", checked_second="y"), key=key)
        third = await call(app, HEAD_OF_MILL, "/needs", need(title="Once", checked_second="y"), key=key)
    assert second.status == third.status == 303
    assert second.headers["location"] == third.headers["location"]
    assert await titles(database) == ["Once"]
