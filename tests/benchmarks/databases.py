"""The databases of the benchmarks: made once a week on a server of their own, and copied for each run."""

import asyncio
import hashlib
import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from alongside.dev.postgres.embedded import EmbeddedServer
from alongside.platform.database.roles import APP, make_database
from tests.benchmarks.country import add_other_authorities, remove_authority, settle
from tests.benchmarks.library import stock
from tests.databases import (
    ROLE_PASSWORDS,
    TEMPLATE,
    DatabaseCopy,
    DatabaseServer,
    _build,
    copy_of_template,
)
from tests.large.tenant import copy_of_large
from tests.personas import NORTHSHIRE, SOUTHSHIRE

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "var" / "benchmarks"
SOURCES = (
    "migrations/**/*.py",
    "src/alongside/platform/database/*.py",
    "tests/tenants/*",
    "tests/databases.py",
    "tests/personas.py",
    "tests/large/*.py",
    "tests/access/dataset.py",
    "tests/access/escalations.py",
    "tests/benchmarks/country.py",
    "tests/benchmarks/library.py",
    "tests/features/directory/relevance/*",
)
"""Files on which the content of the databases depends."""

PGBENCH = "pgbench"
ANY_PROCESS = "any"
"""The server process to which the contexts of pgbench are bound: it cannot sign for its own."""

LONDON_TODAY = """
CREATE OR REPLACE FUNCTION london_today() RETURNS date LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT (now() AT TIME ZONE 'Europe/London')::date $$
"""
"""The benchmarks run on the day of the machine, as the app does; the tests hold the database's day back."""

FRESH_SESSIONS = (
    "UPDATE user_session SET seen_at = now() + interval '1 day', expires_at = now() + interval '1 day'"
    " WHERE device = 'Stage'"
)


@dataclass(frozen=True)
class Data:
    """One copied database: its addresses, and ids of rows that pages need."""

    copy: DatabaseCopy
    ids: dict[str, Any]


Ids = dict[str, Any]
Fill = Callable[[DatabaseServer], Awaitable[tuple[DatabaseCopy, Ids]]]


async def _board(server: DatabaseServer, *, whole_country: bool) -> tuple[DatabaseCopy, Ids]:
    copy = await copy_of_template(server)
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        await settle(connection, whole_country=whole_country)
    finally:
        await connection.close()
    return copy, {}


async def _large(server: DatabaseServer, *, whole_country: bool) -> tuple[DatabaseCopy, Ids]:
    copy, world = await copy_of_large(server)
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        await connection.execute("SET session_replication_role = replica")
        if whole_country:
            await add_other_authorities(connection)
        else:
            await remove_authority(connection, SOUTHSHIRE)
        public_id = await connection.fetchval(
            "SELECT id FROM public_entry WHERE authority_id = $1 ORDER BY id LIMIT 1", NORTHSHIRE
        )
    finally:
        await connection.close()
    return copy, {
        "escalation_id": str(world.ids["own"]["escalation_id"]),
        "public_id": str(public_id),
    }


async def _directory(server: DatabaseServer, *, entries: int) -> tuple[DatabaseCopy, Ids]:
    copy = await copy_of_template(server)
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        await stock(connection, entries)
    finally:
        await connection.close()
    return copy, {}


DATABASES: dict[str, Fill] = {
    "alone": lambda server: _board(server, whole_country=False),
    "country": lambda server: _board(server, whole_country=True),
    "large_alone": lambda server: _large(server, whole_country=False),
    "large_country": lambda server: _large(server, whole_country=True),
    "directory_1k": lambda server: _directory(server, entries=1_000),
    "directory_100k": lambda server: _directory(server, entries=100_000),
}
"""One authority or 152; of a median size, or with 519 schools; and two sizes of the directory."""


CHANGED = ("large_alone", "large_country")
"""Databases in which needs are posted: a run uses a copy."""


def cache_key() -> str:
    """A name for everything that the databases depend on; the data is dated, so it also changes every week."""
    found = hashlib.sha256(datetime.now(UTC).strftime("%G-%V").encode())
    for pattern in SOURCES:
        for file in sorted(ROOT.glob(pattern)):
            if file.is_file():
                found.update(file.read_bytes())
    return found.hexdigest()[:12]


class BenchmarkServer:
    """The PostgreSQL server of the benchmarks, whose databases are kept between runs."""

    def __init__(self) -> None:
        """Start it, and create what is missing."""
        key = cache_key()
        for other in CACHE.glob("databases-*"):
            if other.name != f"databases-{key}":
                _remove(other)
        self.server = EmbeddedServer(CACHE / f"databases-{key}", durable=False)
        self.server.start()
        assert self.server.port is not None
        self.databases = DatabaseServer(self.server.port, self.server.password)
        os.environ["ALONGSIDE_TEST_DATABASE_SERVER"] = self.databases.as_text()
        asyncio.run(self._prepare())

    @property
    def postmaster(self) -> int:
        """The process id of the server."""
        assert self.server.process is not None
        return self.server.process.pid

    async def _prepare(self) -> None:
        connection = await asyncpg.connect(self.databases.url("postgres", "postgres"))
        try:
            await connection.execute("ALTER SYSTEM SET autovacuum = off")
            await connection.execute("SELECT pg_reload_conf()")
            made = {row[0] for row in await connection.fetch("SELECT datname FROM pg_database")}
            for left in made:
                if left.startswith("play_"):
                    await connection.execute(f"DROP DATABASE {left} WITH (FORCE)")
            if f"{TEMPLATE}_ready" not in made:
                await _build(self.databases)
                await connection.execute(f"CREATE DATABASE {TEMPLATE}_ready")
        finally:
            await connection.close()

    async def data(self, name: str) -> Data:
        """One of the databases, which is made first if it is not there; a copy if the run changes it."""
        connection = await asyncpg.connect(self.databases.url("postgres", "postgres"))
        try:
            used = f"kept_{name}"
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", used):
                made, ids = await DATABASES[name](self.databases)
                await _finish(made, ids)
                await connection.execute(f"ALTER DATABASE {made.name} RENAME TO {used}")
            if name in CHANGED:
                used, kept = f"play_{name}", used
                await connection.execute(
                    f"CREATE DATABASE {used} TEMPLATE {kept} STRATEGY file_copy OWNER alongside_owner"
                )
                await make_database(connection, used)
        finally:
            await connection.close()
        address = self.server.socket_url(APP, ROLE_PASSWORDS[APP], used)
        return await _refreshed(DatabaseCopy(used, address, self.databases.url(used, "postgres")))

    def stop(self) -> None:
        """Stop the server; its databases are kept."""
        self.server.stop()


def _remove(folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    if elsewhere.exists():
        shutil.rmtree(elsewhere.read_text().strip(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


async def _finish(copy: DatabaseCopy, ids: Ids) -> None:
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        await connection.execute(LONDON_TODAY)
        definition = await connection.fetchval(
            "SELECT pg_get_functiondef('security.server_process()'::regprocedure)"
        )
        returned = "RETURN process;"
        assert definition.count(returned) == 1
        shared = f"IF current_setting('application_name') = '{PGBENCH}' THEN RETURN '{ANY_PROCESS}'; END IF; "
        await connection.execute(definition.replace(returned, shared + returned))
        await connection.execute("CREATE SCHEMA benchmark CREATE TABLE ids (ids text)")
        await connection.execute("INSERT INTO benchmark.ids VALUES ($1)", msgspec.json.encode(ids).decode())
        await connection.execute("VACUUM (ANALYZE, FREEZE)")
    finally:
        await connection.close()


async def _refreshed(copy: DatabaseCopy) -> Data:
    """Extend the sessions of the personas, and read the ids."""
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(FRESH_SESSIONS)
        ids = await connection.fetchval("SELECT ids FROM benchmark.ids")
    finally:
        await connection.close()
    return Data(copy, msgspec.json.decode(ids, type=dict[str, str]))
