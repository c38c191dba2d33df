"""Benchmark of the board page: compared with the framework alone and with its own SQL alone.

It is measured in one authority and in 152, on the first and the last page. Run `python -m
tests.benchmarks.bench_board`.
"""

import asyncio
import logging
import os
import statistics
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import asyncpg
import httpx
import structlog

from alongside.dev.postgres.embedded import EmbeddedServer, free_port
from alongside.platform.database.roles import APP
from alongside.platform.web.context import SESSION_COOKIE
from alongside.web_server import listen
from tests.benchmarks.country import LARGEST, settle
from tests.benchmarks.load import Load, put_load_on
from tests.benchmarks.same_sql import Statement, statements_of, transactions_a_second, written_out
from tests.databases import (
    ROLE_PASSWORDS,
    SIGNING_KEY,
    DatabaseCopy,
    copy_of_template,
    current_database_server,
    open_database,
    start_database_server,
)
from tests.personas import HEAD_OF_MILL, Persona

PROCESSES = 2
SECONDS = 8
FILTERED = "/needs-and-offers?" + urlencode(
    {"kind": "need", "theme": "mathematics", "phase": "primary", "sort": "newest"}
)
PAGES = {
    "kind, theme and phase chosen": FILTERED,
    "no filter": "/needs-and-offers",
    "nearest": "/needs-and-offers?sort=nearest",
    "words": "/needs-and-offers?q=results",
}
HEAD_IN_THE_MIDDLE, HEAD_IN_THE_LARGEST = HEAD_OF_MILL, HEAD_OF_MILL.twin


def headers_of(one: Persona) -> dict[str, str]:
    """The request headers of a signed-in persona."""
    return {"Host": one.host, "Cookie": f"{SESSION_COOKIE}={one.token}"}


@dataclass(frozen=True)
class Served:
    """A server with two processes: its address and its processor time."""

    address: str
    pids: tuple[int, ...]

    def cpu_seconds(self) -> float:
        """Processor time of its processes so far; 0 without /proc."""
        used = 0
        for pid in self.pids:
            status = Path(f"/proc/{pid}/stat")
            if status.exists():
                words = status.read_text().rsplit(")", 1)[1].split()
                used += int(words[11]) + int(words[12])
        return used / os.sysconf("SC_CLK_TCK")

    def under_load(self, path: str, headers: Mapping[str, str]) -> Load:
        """Requests a second of a page, and the processor time of each, which ignores other load."""
        before = self.cpu_seconds()
        load = put_load_on(self.address + path, headers, seconds=SECONDS)
        each = (self.cpu_seconds() - before) * 1000 / max(1.0, load.per_second * SECONDS)
        return replace(load, cpu=each)


@contextmanager
def served(arguments: list[str], environment: dict[str, str]) -> Iterator[Served]:
    """Start two server processes that share one socket."""
    port = free_port()
    sock = listen("127.0.0.1", port)
    command = [sys.executable, "-m", *arguments, str(sock.fileno())]
    kept = [
        subprocess.Popen(
            command,
            env=environment,
            pass_fds=[sock.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(PROCESSES)
    ]
    sock.close()
    try:
        yield Served(f"http://127.0.0.1:{port}", tuple(one.pid for one in kept))
    finally:
        for one in kept:
            one.terminate()
        for one in kept:
            one.wait(15)


@contextmanager
def product_on(copy: DatabaseCopy) -> Iterator[Served]:
    """The application over a database copy, as `alongside web` serves it, warmed up."""
    environment = os.environ | {
        "DATABASE_URL": copy.app_url,
        "ALONGSIDE_RLS_SIGNING_KEY": SIGNING_KEY.decode(),
        "ALONGSIDE_SECRET": "s" * 32,
        "ALONGSIDE_DEMONSTRATION": "no",
    }
    with served(["alongside.cli", "web", "--descriptor"], environment) as server:
        one_by_one(
            server.address, FILTERED, HEAD_IN_THE_MIDDLE, times=10
        )  # both have started when they answer
        put_load_on(server.address + FILTERED, headers_of(HEAD_IN_THE_MIDDLE), seconds=4)
        yield server


async def deep_position(copy: DatabaseCopy, authority_id: int, depth: int) -> tuple[str, int]:
    """The path of the board page that begins after this many needs, and the number of needs."""
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        there = await connection.fetch(
            "SELECT extract(epoch FROM posted_at)::float8 AS score, id FROM need WHERE authority_id = $1"
            " AND state IN ('open', 'proposed') ORDER BY posted_at DESC, id DESC",
            authority_id,
        )
    finally:
        await connection.close()
    row = there[min(depth, len(there) - 30)]
    after = urlsafe_b64encode(f"{row['score']!r}|{row['id']}".encode()).decode().rstrip("=")
    return f"/needs-and-offers?kind=need&after={after}", len(there)


def one_by_one(address: str, path: str, one: Persona, times: int = 200) -> float:
    """Median milliseconds of a page without concurrent requests."""
    took = []
    with httpx.Client(base_url=address, headers=headers_of(one), timeout=120) as http:
        for _ in range(times):
            began = time.perf_counter()
            answer = http.get(path)
            took.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, answer.text
    return statistics.median(took)


async def explained(copy: DatabaseCopy, authority_id: int, statement: Statement) -> list[str]:
    """The plan of PostgreSQL for a statement, with the permissions of the application."""
    database = open_database(copy, pool_size=1)
    try:
        async with database.transaction(authority_id, read_only=True) as session:
            connection = await session.connection()
            found = await connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) {written_out(statement)}"
            )
            return [row[0] for row in found]
    finally:
        await database.close()


def compare(name: str, load: Load, other: float, what: str) -> None:
    """One line of a comparison."""
    print(f"  {name:<34}{load.per_second / other:6.1%} of {what}")


async def prepare(server: EmbeddedServer) -> tuple[DatabaseCopy, DatabaseCopy]:
    """Two databases: the whole country, and the median authority alone."""
    made = []
    for whole_country in (True, False):
        copy = await copy_of_template(current_database_server())
        connection = await asyncpg.connect(copy.superuser_url)
        try:
            began = time.monotonic()
            posts = await settle(connection, whole_country=whole_country)
            said = await connection.fetchrow(
                "SELECT (SELECT count(*) FROM school), (SELECT count(*) FROM authority)"
            )
            took = time.monotonic() - began
            print(f"  {said[1]} authorities, {said[0]:,} schools, {posts:,} posts in {took:.0f} s")
        finally:
            await connection.close()
        made.append(replace(copy, app_url=server.socket_url(APP, ROLE_PASSWORDS[APP], copy.name)))
    return made[0], made[1]


def run(database: EmbeddedServer) -> None:
    """Measure everything and print it."""
    print(
        "the board, signed in as a headteacher; two uvicorn processes, PostgreSQL and the load on one machine"
    )
    country, alone = asyncio.run(prepare(database))
    statements = asyncio.run(statements_of(country, HEAD_IN_THE_MIDDLE, FILTERED))
    with served(["tests.benchmarks.constant"], dict(os.environ)) as server:
        httpx.get(server.address + "/", timeout=120)  # the server has started when it answers
        framework = server.under_load("/", {})
    sql = transactions_a_second(country, HEAD_IN_THE_MIDDLE.authority_id, statements)
    print(f"  {'the framework, a constant of 15 kB':<36}{framework}")
    print(
        f"  {'the same SQL by pgbench':<36}"
        + (f"{sql:7,.0f}/s" if sql else "not measured: apt-get install postgresql-contrib")
    )
    with product_on(country) as server:
        in_country = {
            name: server.under_load(path, headers_of(HEAD_IN_THE_MIDDLE)) for name, path in PAGES.items()
        }
        largest = server.under_load(FILTERED, headers_of(HEAD_IN_THE_LARGEST))
        deep, open_needs = asyncio.run(deep_position(country, LARGEST, 4_000))
        first_page = one_by_one(server.address, "/needs-and-offers?kind=need", HEAD_IN_THE_LARGEST)
        deep_page = one_by_one(server.address, deep, HEAD_IN_THE_LARGEST)
    with product_on(alone) as server:
        by_itself = server.under_load(FILTERED, headers_of(HEAD_IN_THE_MIDDLE))
    for name, load in in_country.items():
        print(f"  {'board, ' + name:<36}{load}")
    print(f"  {'board, in the largest authority':<36}{largest}")
    board = in_country["kind, theme and phase chosen"]
    print("in proportion")
    compare("board against the framework", board, framework.per_second, "what it does with a constant")
    if framework.cpu:
        print(
            f"  {'processor time of an answer':<34}{board.cpu / framework.cpu:6.0f} times that of a constant"
        )
    if sql:
        compare("board against its SQL", board, sql, "what PostgreSQL does with the same statements")
    print("the same page of the same authority")
    print(f"  {'alone in the database':<36}{by_itself}")
    print(f"  {'beside 151 others':<36}{board}")
    compare("beside 151 others", board, by_itself.per_second, "alone")
    print(f"depth, in the largest authority with {open_needs:,} open needs, one request at a time")
    print(f"  first page {first_page:.1f} ms, page {min(4_000, open_needs - 30) // 25:,} {deep_page:.1f} ms")
    print("the board's statement, as PostgreSQL runs it")
    plan = asyncio.run(explained(country, HEAD_IN_THE_MIDDLE.authority_id, statements[-1]))
    print("\n".join(f"  {line}" for line in plan))
    walked = [line for line in plan if "Seq Scan" in line]
    print(f"  {len(statements)} statements a page; sequential scans in this one: {len(walked)}")


if __name__ == "__main__":
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    server = start_database_server()
    try:
        run(server)
    finally:
        server.stop()
