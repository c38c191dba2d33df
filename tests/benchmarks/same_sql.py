"""Records the SQL of a page as PostgreSQL receives it, and replays it with pgbench."""

import asyncio
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import event

from alongside.platform.database.session import Database
from alongside.platform.database.tenant_context import signed_tenant_context
from tests.databases import SIGNING_KEY, DatabaseCopy
from tests.faults.clients import app_on_a_small_pool, call
from tests.personas import Persona

ANY_PROCESS = "any"
"""A server process id that matches every connection, because pgbench cannot sign each of its own."""

UNBOUND = (
    "CREATE OR REPLACE FUNCTION security.server_process() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER"
    f" SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN '{ANY_PROCESS}'; END $$"
)

Statement = tuple[str, Sequence[Any]]


async def statements_of(copy: DatabaseCopy, one: Persona, path: str) -> list[Statement]:
    """The statements of a page on its second request."""
    caught: list[Statement] = []
    async with app_on_a_small_pool(copy, 2) as app:
        assert (await call(app, one, path)).status == 200
        database: Database = app.state.app_context.database

        def catch(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
            caught.append((statement, parameters))

        event.listen(database.engine.sync_engine, "before_cursor_execute", catch)
        assert (await call(app, one, path)).status == 200
    return caught


def written_out(statement: Statement) -> str:
    """The statement with its values as literals."""
    sql, values = statement
    return " ".join(re.sub(r"\$(\d+)", lambda found: literal(values[int(found[1]) - 1]), sql).split())


def literal(value: Any) -> str:
    """One value as an SQL literal; the cast after it gives its type."""
    match value:
        case None:
            return "NULL"
        case bool() | int() | float():
            return f"({value!r})"
        case bytes():
            return f"'\\x{value.hex()}'"
        case list() | tuple():
            return "'{" + ",".join(str(one) for one in value) + "}'"
        case date() | datetime():
            return f"'{value.isoformat()}'"
        case _:
            return "'" + str(value).replace("'", "''") + "'"


def transactions_a_second(
    copy: DatabaseCopy,
    authority_id: int,
    statements: Sequence[Statement],
    *,
    clients: int = 8,
    seconds: int = 6,
) -> float | None:
    """Transactions a second of these statements alone; None if pgbench is not installed."""
    pgbench = shutil.which("pgbench") or next(
        iter(sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/pgbench")))), None
    )
    if pgbench is None:
        return None
    bound = asyncio.run(_put_process(copy, UNBOUND))
    fence = f"SET LOCAL alongside.tenant_context = '{signed_tenant_context(authority_id, SIGNING_KEY, ANY_PROCESS)}'"
    lines = ["BEGIN READ ONLY", fence, *map(written_out, statements), "COMMIT"]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "page.sql"
        script.write_text("".join(f"{line};\n" for line in lines))
        command = [
            pgbench,
            "-n",
            "-M",
            "prepared",
            "-c",
            str(clients),
            "-j",
            "2",
            "-T",
            str(seconds),
            "-f",
            str(script),
        ]
        done = subprocess.run([*command, copy.app_url], capture_output=True, text=True, check=False)
    asyncio.run(_put_process(copy, bound))
    found = re.findall(r"tps = ([\d.]+)", done.stdout)
    if not found:
        raise RuntimeError(done.stderr)
    return float(found[0])


async def _put_process(copy: DatabaseCopy, definition: str) -> str:
    """Replace the function that returns the server process id. Returns the previous definition."""
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        before: str = await connection.fetchval(
            "SELECT pg_get_functiondef('security.server_process()'::regprocedure)"
        )
        await connection.execute(definition)
        return before
    finally:
        await connection.close()
