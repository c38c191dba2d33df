"""The databases of the tests: one PostgreSQL for a run, a template with the personas, and copies of it."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
from jinja2 import Environment
from litestar import Litestar
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import LRUCache

import alongside.models_registry  # noqa: F401  (in every test process, all tables are declared)
from alongside.dev.postgres.embedded import EmbeddedServer
from alongside.features.authorities.files import read_authority, to_stored
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import register_settings
from alongside.features.people.queries import hashed
from alongside.platform.database.roles import make_database, prepare_cluster
from alongside.platform.database.schema import upgrade_schema
from alongside.platform.database.session import Database
from alongside.platform.database.tenant_context import PROCESS
from alongside.platform.feature import state_colours
from alongside.platform.web.templates import make_environment
from alongside.settings import bundled
from tests.moved_clock import ServerOfTheTests
from tests.personas import (
    CONSORTIA,
    DIOCESES,
    MEMBERS,
    NORTHSHIRE,
    PERSONAS,
    SCHOOLS,
    SOUTHSHIRE,
    TWINS,
    Persona,
)

SIGNING_KEY = b"a key for tests only, thirty-two"
TEMPLATE = "template_with_cast"
START = date(2020, 9, 1)
TENANTS = Path(__file__).parent / "tenants"
MEMORY = Path("/dev/shm")
FREE_BYTES_NEEDED = 4 * 1024**3
ROLE_PASSWORDS = {"alongside_migrator": "migrator", "alongside_app": "app"}


@dataclass(frozen=True)
class DatabaseServer:
    """The tests' server: how to connect to a database on it in each role."""

    port: int
    superuser_password: str

    def url(self, name: str, role: str = "alongside_app") -> str:
        """Return the address of a database for one of the roles."""
        password = {"postgres": self.superuser_password, **_words()}[role]
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{name}"

    def as_text(self) -> str:
        """Return the server as text for the environment, so that every test process uses the same one."""
        return f"{self.port} {self.superuser_password}"


def _words() -> Mapping[str, str]:
    return ROLE_PASSWORDS


@dataclass(frozen=True)
class DatabaseCopy:
    """A copy of the template database."""

    name: str
    app_url: str
    superuser_url: str


def current_database_server() -> DatabaseServer:
    """Return the server that this test run has started."""
    port, password = os.environ["ALONGSIDE_TEST_DATABASE_SERVER"].split()
    return DatabaseServer(int(port), password)


def start_database_server() -> EmbeddedServer:
    """Start the server of this run and create the template."""
    server = ServerOfTheTests(_in_memory())
    server.start()
    assert server.port is not None
    database_server = DatabaseServer(server.port, server.password)
    os.environ["ALONGSIDE_TEST_DATABASE_SERVER"] = database_server.as_text()
    asyncio.run(_build(database_server))
    return server


def _in_memory() -> Path | None:
    """Return a folder in memory, if there is room for the databases of a run (about 900 are created and dropped)."""
    with suppress(OSError):
        if shutil.disk_usage(MEMORY).free > FREE_BYTES_NEEDED and os.access(MEMORY, os.W_OK):
            return MEMORY
    return None


async def _build(database_server: DatabaseServer) -> None:
    await prepare_cluster(database_server.url("postgres", "postgres"), ROLE_PASSWORDS, database=TEMPLATE)
    await upgrade_schema(database_server.url(TEMPLATE, "alongside_migrator"), SIGNING_KEY)
    connection = await asyncpg.connect(database_server.url(TEMPLATE, "postgres"))
    try:
        await insert_personas(connection)
    finally:
        await connection.close()


after_copying = ""
"""SQL that is run in every copy of the template: a mutation test removes a guard with it."""


async def copy_of_template(database_server: DatabaseServer) -> DatabaseCopy:
    """Return a new database with the personas."""
    name = f"play_{uuid4().hex[:12]}"
    connection = await asyncpg.connect(database_server.url("postgres", "postgres"))
    try:
        await connection.execute(  # copied as files, which is eight times faster than through the write-ahead log
            f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy OWNER alongside_owner"
        )
        await make_database(connection, name)
    finally:
        await connection.close()
    if after_copying:
        await _execute(database_server.url(name, "postgres"), after_copying)
    return DatabaseCopy(name, database_server.url(name), database_server.url(name, "postgres"))


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def drop(database_server: DatabaseServer, copy: DatabaseCopy) -> None:
    """Drop a copy."""
    connection = await asyncpg.connect(database_server.url("postgres", "postgres"))
    try:
        await connection.execute(f"DROP DATABASE {copy.name} WITH (FORCE)")
    finally:
        await connection.close()


def open_database(copy: DatabaseCopy, pool_size: int = 10) -> Database:
    """Open a copy as the app's role."""
    return remembering(Database(copy.app_url, SIGNING_KEY, pool_size=pool_size, pool_wait=5.0))


class _AnyDialect(PGDialect_asyncpg):
    """A dialect that equals every other one: all databases of the tests are on one server."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _AnyDialect)

    def __hash__(self) -> int:
        return hash(_AnyDialect)


_compiled: LRUCache[Any, Any] = LRUCache(5_000)


def remembering(database: Database) -> Database:
    """Let a database use the statements that were compiled for an earlier one in this process."""
    engine = database.engine.sync_engine
    engine.dialect.__class__ = _AnyDialect
    engine._compiled_cache = _compiled
    return database


async def server_process(connection: asyncpg.Connection) -> str:
    """Return the server process of a connection, to which a signed context is bound."""
    process: str = await connection.fetchval(PROCESS)
    return process


_idle_apps: list[Litestar] = []
"""Apps that are built and not in use: building one takes 0.2 seconds, and only the context differs."""


@asynccontextmanager
async def app_over(copy: DatabaseCopy) -> AsyncIterator[Litestar]:
    """Yield the whole app, started, over a copy; reuses an app of an earlier test if there is one."""
    from alongside.app import build_context, make_app
    from alongside.settings import Settings

    settings = Settings(
        database_url=copy.app_url, signing_key=SIGNING_KEY, secret=b"s" * 32, demonstration=True
    )
    app_context = build_context(settings)
    remembering(app_context.database)
    app_context.environment = pages_environment()
    as_it_is = app_context.today
    app_context.today = lambda: min(as_it_is(), LATEST_APP_DAY)
    app = _idle_apps.pop() if _idle_apps else make_app(app_context)
    app.state.app_context = app_context
    try:
        yield app
    finally:
        await app_context.pool.close()
        await app_context.database.close()
        _idle_apps.append(app)


@lru_cache(maxsize=1)
def pages_environment() -> Environment:
    """Return the Jinja environment, so that each template is compiled once in a process."""
    return make_environment(bundled("templates"), state_colours())


def make_known(slug: str) -> AuthoritySettings:
    """Register an authority of the tests in this process."""
    settings, mistakes = read_authority(TENANTS / f"{slug}.toml")
    assert settings is not None, mistakes
    register_settings(settings, 1)
    return settings


LATEST_TODAY = date(2026, 11, 24)
"""Tests with a fixed date use this one: the database's clock must not be later."""

LATEST_APP_DAY = date(2026, 11, 27)
"""The app's day in tests is never later, so that a proposal made on the fixed date is still open in years to come."""

APP_DAY = min(datetime.now(UTC).date(), LATEST_APP_DAY)
"""The app's day in this run: tests whose rows need some day near it use it, and not the day of the calendar."""

LONDON_TODAY = f"""
CREATE OR REPLACE FUNCTION london_today() RETURNS date LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT least((now() AT TIME ZONE 'Europe/London')::date, DATE '{LATEST_TODAY}') $$
"""


async def insert_personas(connection: asyncpg.Connection) -> None:
    """Insert both authorities and their personas into an empty database, as its superuser."""
    await connection.execute(LONDON_TODAY)
    for slug, authority_id in (("northshire", NORTHSHIRE), ("southshire", SOUTHSHIRE)):
        settings = make_known(slug)
        await connection.execute(
            "INSERT INTO authority (authority_id, slug, name, gss_code, hosts, settings_version)"
            " VALUES ($1, $2, $3, $4, $5, 1)",
            authority_id,
            slug,
            settings.name,
            settings.gss_code,
            list(settings.hosts),
        )
        stored = msgspec.json.encode(to_stored(settings)).decode()
        await _insert(
            connection,
            "authority_settings",
            authority_id=authority_id,
            version=1,
            settings=stored,
            applied_by="stage",
        )
        await _insert_memberships(connection, authority_id)
    for one in (*PERSONAS, *TWINS):
        await _play_person(connection, one)


async def _insert_memberships(connection: asyncpg.Connection, authority_id: int) -> None:
    for number, (urn, name) in enumerate(SCHOOLS.items()):
        await _insert(
            connection,
            "school",
            authority_id=authority_id,
            urn=urn,
            name=name,
            phase="primary",
            status="open",
            la_code=authority_id,
            establishment_number=2001 + number,
            easting=358000 + number * 1000,
            northing=405000,
            diocese=DIOCESES.get(urn),
        )
    for consortium_id, name in CONSORTIA.items():
        await _insert(
            connection,
            "consortium",
            authority_id=authority_id,
            id=consortium_id,
            key=name.lower(),
            name=name,
            phase="primary",
        )
    for urn, consortium_id in MEMBERS.items():
        await _insert(
            connection,
            "consortium_membership",
            authority_id=authority_id,
            school_urn=urn,
            consortium_id=consortium_id,
            phase="primary",
            starts_on=START,
        )


async def _play_person(connection: asyncpg.Connection, one: Persona) -> None:
    inside: dict[str, Any] = {"authority_id": one.authority_id}
    email = f"{one.name.lower().replace(' ', '.')}@{one.authority_id}.example"
    await _insert(connection, "person", **inside, id=one.person_id, name=one.name, email=email)
    await _insert(
        connection,
        "role_assignment",
        **inside,
        id=one.role_assignment_id,
        person_id=one.person_id,
        role=one.role.value,
        school_urn=one.school_urn,
        consortium_id=one.consortium_id,
        organisation=one.organisation,
        starts_on=START,
    )
    await _insert(
        connection,
        "user_session",
        **inside,
        token_hash=hashed(one.token),
        person_id=one.person_id,
        role_assignment_id=one.role_assignment_id,
        issuer="https://stage.example",
        device="Stage",
        seen_at=datetime.now(UTC) + timedelta(days=1),
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )


async def _insert(connection: asyncpg.Connection, table: str, **row: Any) -> None:
    marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    await connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())


def cause_of(refused: DBAPIError) -> asyncpg.PostgresError:
    """Return PostgreSQL's own error."""
    cause = refused.orig.__cause__ if refused.orig is not None else None
    assert isinstance(cause, asyncpg.PostgresError)
    return cause


def constraint_of(refused: DBAPIError) -> str:
    """Return the name of the constraint that a statement would break."""
    return str(cause_of(refused).constraint_name)
