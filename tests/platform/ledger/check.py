"""`make ledger-check`: random operations by many sessions at once, a third cancelled, PostgreSQL killed five times.

First on a ledger alone, then on claims. Prints the throughput beside that of the same inserts without a ledger.
"""

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import asyncpg
from sqlalchemy import text

from alongside.dev.postgres.embedded import EmbeddedServer, free_port
from alongside.platform.database.roles import APP, MIGRATOR, prepare_cluster
from alongside.platform.database.schema import upgrade_schema
from alongside.platform.database.session import Database
from alongside.platform.ledger.actions import Reason, post
from tests.databases import ROLE_PASSWORDS, SIGNING_KEY, DatabaseCopy, insert_personas
from tests.faults.processes import children_of, kill
from tests.features.claims.load import ClaimLoad
from tests.personas import NORTHSHIRE
from tests.platform.ledger.load import FUNDS, Load

PLAIN = text(
    "INSERT INTO plain_entry (cause, account_id, amount) VALUES (:cause, :first, :less), (:cause, :second, :more)"
)


async def throughput(load: Load, owner_url: str, operations: int, sessions: int) -> tuple[float, float]:
    """Transactions per second of the ledger, and of the same inserts into a table without rules."""
    owner = await asyncpg.connect(owner_url)
    await owner.execute("CREATE TABLE plain_entry (cause text, account_id uuid, amount bigint)")
    await owner.execute("GRANT SELECT, INSERT ON plain_entry TO alongside_app")
    await owner.close()

    async def plain(cause: str, first: UUID, second: UUID) -> None:
        async with load.database.transaction(NORTHSHIRE) as session:
            values = {"cause": cause, "first": first, "second": second, "less": -1, "more": 1}
            await session.execute(PLAIN, values)

    async def ledger(cause: str, first: UUID, second: UUID) -> None:
        async with load.database.transaction(NORTHSHIRE) as session:
            await post(session, NORTHSHIRE, {first: -1, second: 1}, Reason(cause, None))

    assert load.outside is not None
    other = load.outside
    speeds = []
    for name, write in (("ledger", ledger), ("plain", plain)):
        waiting = list(range(operations))

        async def session(name: str = name, write: Callable[..., Awaitable[None]] = write) -> None:
            while waiting:  # noqa: B023  (one loop after the other)
                number = waiting.pop()  # noqa: B023
                await write(f"{name} {number}", other, load.funds[number % FUNDS])

        began = time.monotonic()
        await asyncio.gather(*(session() for _ in range(sessions)))
        speeds.append(operations / (time.monotonic() - began))
    return speeds[0], speeds[1]


async def complete_check(operations: int, sessions: int, kills: int, seed: int) -> list[str]:
    """The whole check on a durable server of its own. Returns the faults."""
    with tempfile.TemporaryDirectory(prefix="alongside-ledger-") as made:
        os.chmod(made, 0o755)  # noqa: PTH101, S103  (PostgreSQL's user must be able to open it)
        server = EmbeddedServer(Path(made) / "postgres", port=free_port(), durable=True)
        server.start()
        try:
            await prepare_cluster(server.superuser_url, ROLE_PASSWORDS, database="alongside")
            await upgrade_schema(server.url(MIGRATOR, ROLE_PASSWORDS[MIGRATOR], "alongside"), SIGNING_KEY)
            superuser = server.url("postgres", server.password, "alongside")
            connection = await asyncpg.connect(superuser)
            await insert_personas(connection)
            await connection.close()
            app = server.url(APP, ROLE_PASSWORDS[APP], "alongside")
            database = Database(app, SIGNING_KEY, pool_size=sessions, pool_wait=60)
            load = Load(database, random.Random(seed))
            await load.open()
            speed, plain = await throughput(load, superuser, 1_000, 10)
            print(f"{speed:.0f} transactions a second in the ledger, {plain:.0f} as plain inserts")
            faults = await run_and_kill(load, server, operations, sessions, kills)
            claims = ClaimLoad(database, random.Random(seed))
            await claims.prepare(DatabaseCopy("alongside", app, superuser), 6, 10)
            print("claims:")
            faults += await run_and_kill(claims, server, operations // 10, sessions, kills)
            await database.close()
            return faults
        finally:
            server.stop()


async def run_and_kill(
    load: Load, server: EmbeddedServer, operations: int, sessions: int, kills: int
) -> list[str]:
    """Run the operations in parts, and kill PostgreSQL in the midst of each but the last. Returns the faults."""
    began = time.monotonic()
    for number in range(kills + 1):
        task = asyncio.ensure_future(load.run(operations // (kills + 1), sessions))
        if number < kills:
            await asyncio.sleep(0.5 + load.random.random())
            await asyncio.to_thread(kill_server, server)
        await task
    print(f"{operations} operations by {sessions} sessions in {time.monotonic() - began:.1f} s:")
    print(f"{load.cancelled} cancelled, {load.refused} refused, the server killed {kills} times")
    return await load.faults()


def kill_server(server: EmbeddedServer) -> None:
    """Kill PostgreSQL with all its backends, then start it again."""
    assert server.process is not None
    leader = server.process.pid
    kill([leader, *children_of(leader)])
    server.process.wait()
    server.start()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    wrong = asyncio.run(complete_check(given.operations, given.sessions, given.kills, given.seed))
    print("\n".join(wrong) or "The books are in order.")
    raise SystemExit(bool(wrong))
