"""Benchmark of the search page, compared with its own SQL, at 1,000, 10,000 and 100,000 entries.

Also measures its growth. Run `python -m tests.benchmarks.bench_search [NUMBER …]`.
"""

import asyncio
import logging
import re
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
import structlog

from alongside.features.authorities.settings_cache import settings_of
from alongside.features.directory.search.embeddings import can_read
from alongside.platform.database.tenant_context import signed_tenant_context
from tests.benchmarks.library import stock
from tests.benchmarks.same_sql import Statement, statements_of
from tests.databases import (
    SIGNING_KEY,
    DatabaseCopy,
    copy_of_template,
    current_database_server,
    drop,
    server_process,
    start_database_server,
)
from tests.faults.clients import app_on_a_small_pool, call
from tests.personas import HEAD_OF_MILL, Persona

SIZES = (1_000, 10_000, 100_000)
TIMES = 30
READS = re.compile(r"\s*(?:SELECT|WITH)\b(?!.*\bINSERT INTO\b)", re.DOTALL)
"""Statements that read.

Session activity and zero-result searches are written later, in other transactions.
"""

IN_THE_MIDDLE, IN_THE_LARGEST = HEAD_OF_MILL, HEAD_OF_MILL.twin
PAGES = {
    "everything": "/directory",
    "two words": "/directory?q=phonics+parents",
    "a common word": "/directory?q=pupils",
    "misspelt": "/directory?q=atendance",
    "a sentence": "/directory?q=children+arrive+hungry+in+the+morning",
    "words and lists": "/directory?q=behaviour&phase=primary&evidence=2",
}


async def timed(ask: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Milliseconds of single calls: the fastest, which does not depend on other load, and the median."""
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - began) * 1000)
    return min(took), statistics.median(took)


async def alone(copy: DatabaseCopy, authority_id: int, asked: Sequence[Statement]) -> float:
    """Milliseconds of the same statements, in a transaction with the same tenant context."""
    connection = await asyncpg.connect(copy.app_url)
    try:
        prepared = []
        process = await server_process(connection)
        async with connection.transaction():
            context = signed_tenant_context(authority_id, SIGNING_KEY, process)
            await connection.execute(f"SET LOCAL alongside.tenant_context = '{context}'")
            for sql, values in asked:
                prepared.append((await connection.prepare(sql), values))

        async def ask() -> None:
            context = signed_tenant_context(authority_id, SIGNING_KEY, process)
            await connection.execute(f"BEGIN READ ONLY; SET LOCAL alongside.tenant_context = '{context}'")
            for statement, values in prepared:
                await statement.fetch(*values)
            await connection.execute("COMMIT")

        return (await timed(ask))[0]
    finally:
        await connection.close()


async def measure(copy: DatabaseCopy, one: Persona, name: str, path: str) -> float:
    """Print one line: the whole page, its SQL alone, their ratio. Returns the page's milliseconds."""
    asked = [caught for caught in await statements_of(copy, one, path) if READS.match(caught[0])]
    async with app_on_a_small_pool(copy, 2) as app:

        async def page() -> None:
            assert (await call(app, one, path)).status == 200

        for _ in range(5):
            await page()
        whole, usual = await timed(page)
    sql = await alone(copy, one.authority_id, asked)
    print(f"  {name:<34}{whole:8.1f} ms {usual:8.1f} ms {sql:8.1f} ms {sql / whole:8.0%}", flush=True)
    return whole


async def bench(sizes: Sequence[int]) -> None:
    """Measure all sizes, and the growth with ten times as many entries."""
    grown: dict[str, list[float]] = {}
    print(
        "one request at a time, signed in as a headteacher, in this process; "
        + ("sentences are read for their meaning" if can_read() else "by words alone")
    )
    for size in sizes:
        copy = await copy_of_template(current_database_server())
        connection = await asyncpg.connect(copy.superuser_url)
        try:
            began = time.monotonic()
            number = await stock(connection, size)
            largest = await connection.fetchval(
                "SELECT count(*) FROM search.entry WHERE authority_id = $1", IN_THE_LARGEST.authority_id
            )
            middle = await connection.fetchval(
                "SELECT count(*) FROM search.entry WHERE authority_id = $1", IN_THE_MIDDLE.authority_id
            )
            print(
                f"{number:,} entries in 152 authorities, {largest:,} in the largest, {middle:,} in the middle"
                f" ({time.monotonic() - began:.0f} s to fill)"
            )
        finally:
            await connection.close()
        print(f"  {'':<34}{'page':>11}{'median':>12}{'its SQL':>12}{'share':>9}")
        for who, one in (("middle", IN_THE_MIDDLE), ("largest", IN_THE_LARGEST)):
            assert settings_of(one.authority_id)
            for name, path in PAGES.items():
                grown.setdefault(f"{who}: {name}", []).append(
                    await measure(copy, one, f"{who}: {name}", path)
                )
        await drop(current_database_server(), copy)
    if len(sizes) > 1:
        print(f"growth of the page over {' → '.join(f'{size:,}' for size in sizes)} entries")
        for name, took in grown.items():
            print(f"  {name:<34}" + " → ".join(f"{one / took[0]:.1f}" for one in took))


if __name__ == "__main__":
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    server = start_database_server()
    try:
        asyncio.run(bench([int(one) for one in sys.argv[1:]] or SIZES))
    finally:
        server.stop()
