"""Measures overload: `python -m tests.attacks.overload [--requests 256] [--rounds 5] [--pairs 4] [--seconds 4]`.

First, one authority sends many requests for the page of needs and offers at once, each on an open connection of its
own. Printed are the share that is refused, how soon, whether with Retry-After, and how long the others take. Target: of
256 at most 10 % are refused, and the others take at most 2 seconds (99th percentile).

Then the victim, in another authority, asks for their home page, in alternating rounds without and with that many
requests of the first authority always on their way. Target: the victim's 95th percentile at most doubles. See
`starvation` for what is measured and where it runs.
"""

import argparse
import asyncio
import random
import time
from contextlib import suppress

from alongside.dev.postgres.embedded import EmbeddedServer
from alongside.platform.database.session import Database
from tests.attacks.measuring import (
    CLIENTS,
    SERVERS,
    Answer,
    Connection,
    Site,
    Times,
    on,
    ratios,
    shown,
    start,
    watch,
)
from tests.databases import (
    SIGNING_KEY,
    copy_of_template,
    current_database_server,
    drop,
    start_database_server,
)
from tests.features.matching.builders import posts
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK

SENDER, VICTIM = HEAD_OF_MILL, HEAD_OF_PARK.twin
PATH = "/needs-and-offers"


async def burst(site: Site, connections: list[Connection]) -> list[Answer]:
    """Send one request on each connection at once."""
    for one in connections:
        await one.open()
    headers = site.headers(SENDER)
    return list(await asyncio.gather(*(one.get(PATH, headers) for one in connections)))


def print_bursts(rounds: list[list[Answer]]) -> None:
    """Print what became of the requests of each round, and of all."""
    everything = [answer for answers in rounds for answer in answers]
    for name, answers in [*((f"round {n + 1}", one) for n, one in enumerate(rounds)), ("all", everything)]:
        refused = [one for one in answers if one.status == 503]
        retried = sum(b"retry-after" in one.head for one in refused)
        served = Times(seconds=[one.seconds for one in answers if one.status == 200])
        latest = Times(seconds=[one.seconds for one in refused])
        others = len(answers) - len(refused) - len(served.seconds)
        print(
            f"{name:8} refused {len(refused) / len(answers):4.0%} (Retry-After {retried} of {len(refused)},"
            f" p95 {latest.percentile(95):.0f} ms)   served p50 {served.percentile(50):.0f}"
            f"   p99 {served.percentile(99):.0f} ms   other answers {others}",
            flush=True,
        )


async def overload(site: Site, connections: list[Connection], until: float) -> Times:
    """Keep a request on its way on every connection; a refused one comes back sooner than it was told."""
    times, headers = Times(), site.headers(SENDER)

    async def go(connection: Connection) -> None:
        while time.monotonic() < until:
            try:
                answer = await connection.get(PATH, headers)
                times.answers[str(answer.status)] += 1
                times.seconds.append(answer.seconds)
                if answer.status == 503:
                    await asyncio.sleep(random.uniform(1.0, 3.0))
            except (OSError, EOFError) as problem:
                times.answers[type(problem).__name__] += 1
                await asyncio.sleep(0.1)

    going = [asyncio.create_task(go(one)) for one in connections]
    await asyncio.wait(going, timeout=until - time.monotonic() + 0.5)
    for task in going:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*going, return_exceptions=True)
    return times


async def run(server: EmbeddedServer, given: argparse.Namespace) -> None:
    """Measure both on a new web process."""
    copy = await copy_of_template(current_database_server())
    site = start(copy, server)
    try:
        database = Database(copy.app_url, SIGNING_KEY)
        await posts(database)
        await database.close()
        connections = [Connection(site.port) for _ in range(given.requests)]
        await burst(site, connections[:20])
        await watch(site, VICTIM, 1.0)
        memory, rounds = site.memory(), []
        before = site.processor()
        for _ in range(given.rounds):
            await site.rest()
            rounds.append(await burst(site, connections))
        used = (site.processor() - before) / given.rounds / given.requests
        print(
            f"{given.requests} requests at once of one authority; {used * 1000:.1f} ms of processor for each"
        )
        print_bursts(rounds)
        idle, under, sent = [], [], Times()
        for _ in range(given.pairs):
            await site.rest()
            idle.append(await watch(site, VICTIM, given.seconds))
            flood = asyncio.create_task(overload(site, connections, time.monotonic() + given.seconds + 0.5))
            await asyncio.sleep(0.5)
            under.append(await watch(site, VICTIM, given.seconds))
            sent.add(await flood)
        print(f"the victim while {given.requests} requests of the other authority are always on their way")
        for name, several in (("idle", idle), ("overload", under)):
            whole = Times()
            for one in several:
                whole.add(one)
            print(f"{name:9} {whole}")
        print(f"{'':9} {ratios(idle, under)}")
        print(f"{'':9} the other authority was answered {shown(sent.answers)}")
        print(f"{'':9} memory before {memory:.0f} MB, after {site.memory():.0f} MB")
    finally:
        site.stop()
        await drop(current_database_server(), copy)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=4.0)
    given = parser.parse_args()
    with on(SERVERS):
        server = start_database_server()
    try:
        with on(CLIENTS):
            asyncio.run(run(server, given))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
