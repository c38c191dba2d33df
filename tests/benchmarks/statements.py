"""The statements of a page, caught as the app runs them, and run again by pgbench."""

import asyncio
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from alongside.platform.database.tenant_context import LIFETIME, signed
from tests.benchmarks import processor
from tests.benchmarks.databases import ANY_PROCESS, PGBENCH
from tests.databases import SIGNING_KEY, DatabaseCopy
from tests.faults.clients import app_on_a_small_pool, call
from tests.personas import Persona

Statement = tuple[str, Sequence[Any]]
CLAIM = re.compile(r"([va]2\.[0-9]+)\.[0-9]+((?:\.[^']*?)?)\.[0-9a-f]{64}")
"""A signed context: kind and authority, expiry, perhaps more, signature."""

SECONDS = 0.25
"""Processor seconds for which pgbench runs in each round, more or less."""

TENANT_CONTEXT = re.compile(r"SET LOCAL alongside\.tenant_context = '([^']+)'")


@contextmanager
def _recorded() -> Iterator[list[Statement]]:
    """Collect what is sent on connections that are opened meanwhile, in order.

    asyncpg's own logger does not see prepared statements, through which SQLAlchemy sends everything.
    """
    sent: list[Statement] = []
    original: Callable[..., None] = asyncpg.Connection.__init__
    name, statement_class = "_PreparedStatement__bind_execute", cast("Any", PreparedStatement)
    prepared: Callable[..., Any] = getattr(statement_class, name)

    def initialised(self: asyncpg.Connection, *given: Any, **named: Any) -> None:
        original(self, *given, **named)
        self.add_query_logger(lambda record: sent.append((record.query, record.args or ())))

    async def executed(self: Any, args: Sequence[Any], *more: Any) -> Any:
        try:
            return await prepared(self, args, *more)
        finally:  # as asyncpg calls a logger, so that the order is right
            asyncio.get_running_loop().call_soon(sent.append, (self._query, args))

    connection_class = cast("Any", asyncpg.Connection)
    connection_class.__init__ = initialised
    setattr(statement_class, name, executed)
    try:
        yield sent
    finally:
        connection_class.__init__ = original
        setattr(statement_class, name, prepared)


@dataclass(frozen=True)
class Asked:
    """A request whose statements are wanted."""

    who: Persona | None
    path: str
    form: Callable[[], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Recorded:
    """What one request sent to the database, and the number of statements that its Server-Timing header tells.

    People who are not signed in get no header: then it is the number of those that were recorded.
    """

    sent: list[Statement]
    number: int


async def statements_of(copy: DatabaseCopy, asked: Sequence[Asked]) -> list[Recorded]:
    """The statements of each request when it is made for the second time."""
    found: list[Recorded] = []
    with _recorded() as sent:
        async with app_on_a_small_pool(copy, 1) as app:
            for one in asked:
                for _ in range(2):
                    await asyncio.sleep(0.01)
                    sent.clear()
                    answer = await call(app, one.who, one.path, one.form and one.form())
                    assert answer.status in (200, 303), answer.text
                await asyncio.sleep(0.01)
                counted = re.search(r'db;desc="(\d+)', answer.headers.get("server-timing", ""))
                found.append(Recorded(list(sent), int(counted[1]) if counted else sum(map(is_work, sent))))
    return found


def is_work(statement: Statement) -> bool:
    """Whether it is more than the begin or the end of a transaction."""
    return not re.match(r"(RESET ALL; )?(BEGIN|COMMIT|ROLLBACK)", statement[0])


def script(statements: Sequence[Statement]) -> str:
    """The statements as a script of pgbench. What was committed is rolled back, so that it can run again."""
    lines: list[str] = []
    for sql, values in statements:
        if "BEGIN" in sql[:20]:
            reads_only = "READ ONLY" in sql
            lines.append("BEGIN READ ONLY" if reads_only else "BEGIN")
            lines += [found[0] for found in TENANT_CONTEXT.finditer(sql)]
        elif sql.startswith("COMMIT"):
            lines += ["COMMIT"] if reads_only else ["SET CONSTRAINTS ALL IMMEDIATE", "ROLLBACK"]
        else:
            lines.append(written_out((sql, values)))
    return "".join(f"{line};\n" for line in lines)


def signed_again(text: str) -> str:
    """The same with its contexts valid from now on for pgbench."""
    until = int(time.time()) + LIFETIME
    return CLAIM.sub(lambda found: signed(f"{found[1]}.{until}{found[2]}", SIGNING_KEY, ANY_PROCESS), text)


def written_out(statement: Statement) -> str:
    """The statement with its values as literals."""
    sql, values = statement
    return re.sub(r"\$(\d+)", lambda found: literal(values[int(found[1]) - 1]), " ".join(sql.split()))


def literal(value: Any) -> str:
    """One value as an SQL literal; the cast after it gives its type."""
    match value:
        case None:
            return "NULL"
        case bool() | int() | float() | Decimal():
            return f"({value})"
        case bytes():
            return f"'\\x{value.hex()}'"
        case list() | tuple():
            return _text("{" + ",".join(_element(one) for one in value) + "}")
        case date() | datetime():
            return f"'{value.isoformat()}'"
        case timedelta():
            return f"'{value.total_seconds()} seconds'"
        case _:
            return _text(str(value))


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(text: str) -> str:
    """A string in quotes; pgbench would take a colon before a letter for a variable."""
    quoted = text.replace("'", "''")
    if not re.search(r":[A-Za-z_\x80-\U0010ffff]|[\\\n]", text):
        return f"'{quoted}'"
    escaped = quoted.replace("\\", "\\\\").replace(":", "\\x3a").replace("\n", "\\n").replace("\r", "\\r")
    return f"E'{escaped}'"


@dataclass(frozen=True)
class Cost:
    """Processor seconds of one transaction by pgbench: of pgbench and of the server."""

    client: float
    server: float

    @property
    def total(self) -> float:
        """Both."""
        return self.client + self.server


def program() -> str | None:
    """The path of pgbench, if it is installed."""
    found = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/pgbench")))
    return shutil.which(PGBENCH) or (found[-1] if found else None)


class Replay:
    """The statements of a page, to be run by pgbench on the database of the page.

    Raises RuntimeError when they cannot be run, with pgbench's reason.
    """

    def __init__(self, copy: DatabaseCopy, text: str, postmaster: int) -> None:
        """Run it a little: what starting costs is subtracted from each measurement."""
        self.copy, self.text, self.postmaster = copy, text, postmaster
        self._run(2)
        self._start = self._run(1)
        each = max(1e-4, (self._run(21).total - self._start.total) / 20)
        self._times = max(20, min(2_000, round(SECONDS / each)))

    def measure(self) -> Cost:
        """The cost of one transaction."""
        cost = self._run(self._times)
        return Cost(
            max(0.0, cost.client - self._start.client) / (self._times - 1),
            max(0.0, cost.server - self._start.server) / (self._times - 1),
        )

    def _run(self, times: int) -> Cost:
        pgbench = program()
        assert pgbench is not None
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file, tempfile.TemporaryFile() as said:
            file.write(signed_again(self.text))
            file.flush()
            there = set(processor.children(self.postmaster))
            before = processor.of_postgres(self.postmaster)
            command = [pgbench, "-n", "-M", "prepared", "-c", "1", "-t", str(times), "-f", file.name]
            process = subprocess.Popen([*command, self.copy.app_url], stdout=said, stderr=subprocess.STDOUT)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            until = time.monotonic() + 2
            while set(processor.children(self.postmaster)) - there and time.monotonic() < until:
                time.sleep(0.005)  # the server process ends, and is counted, a moment after its client
            after = processor.of_postgres(self.postmaster)
            said.seek(0)
            answer = said.read().decode()
        if process.returncode or f"{times}/{times}" not in answer:
            raise RuntimeError(answer[-600:])
        return Cost(used.ru_utime + used.ru_stime, after - before)
