"""Roles, backup and restore as in infra/, run on a server like production's."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from alongside.dev.postgres.binaries import programs
from alongside.dev.postgres.temporary_server import TemporaryServer
from alongside.platform.database.roles import prepare_cluster
from alongside.platform.database.schema import upgrade_schema
from alongside.platform.database.session import Database
from tests.databases import insert_personas
from tests.personas import NORTHSHIRE

INFRA = Path(__file__).parents[2] / "infra"
KEY = b"k" * 32
PASSWORDS = {"migrator": "m", "app": "a", "backup": "b"}
ROLES = """
SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolbypassrls, rolconfig::text,
       (SELECT array_agg(g.rolname ORDER BY 1)::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
        WHERE m.member = r.oid),
       (SELECT array_agg(a.privilege_type ORDER BY 1)::text FROM pg_database d, aclexplode(d.datacl) a
        WHERE d.datname = 'alongside' AND a.grantee = r.oid)
FROM pg_roles r WHERE rolname = ANY ('{alongside_owner,alongside_migrator,alongside_app}') ORDER BY 1
"""

OPEN_FUNCTIONS = """
SELECT oid::regprocedure::text, proacl::text FROM pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace AND proacl IS NOT NULL ORDER BY 1
"""
CONNECT = "SELECT datname, has_database_privilege('alongside_app', oid, 'CONNECT') FROM pg_database WHERE datallowconn"


def run(*command: str, server: TemporaryServer, **environment: str) -> str:
    """Run a script of infra/ with PostgreSQL's programs in the path; returns its output."""
    path = f"{programs(server.user)}:{os.environ['PATH']}"
    done = subprocess.run(
        command, env={"PATH": path} | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def make_roles(server: TemporaryServer) -> None:
    words = {f"ALONGSIDE_{name.upper()}_PASSWORD": password for name, password in PASSWORDS.items()}
    for _ in range(2):
        run("psql", "-qXf", str(INFRA / "roles.sql"), server.superuser_url, server=server, **words)


async def ask(url: str, question: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(question)]
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def server() -> Iterator[TemporaryServer]:
    with TemporaryServer() as one:
        make_roles(one)
        yield one


def test_roles_sql_makes_the_same_roles_as_the_demonstration(server: TemporaryServer) -> None:
    with TemporaryServer() as other:
        asyncio.run(prepare_cluster(other.superuser_url, {"alongside_migrator": "m", "alongside_app": "a"}))
        expected = asyncio.run(ask(other.superuser_url, ROLES))
        inside = other.url("postgres", other.password, "alongside")
        functions = asyncio.run(ask(inside, OPEN_FUNCTIONS))
    assert len(expected) == 3
    assert asyncio.run(ask(server.superuser_url, ROLES)) == expected
    inside = server.url("postgres", server.password, "alongside")
    assert asyncio.run(ask(inside, OPEN_FUNCTIONS)) == functions
    assert any(name == "lo_create(oid)" for name, _ in functions)


def test_the_app_may_enter_its_own_database_and_no_other(server: TemporaryServer) -> None:
    entered = {name for name, allowed in asyncio.run(ask(server.superuser_url, CONNECT)) if allowed}
    assert entered <= {"alongside", "restored"}
    for database in ("postgres", "template1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="CONNECT"):
            asyncio.run(ask(server.url("alongside_app", "a", database), "SELECT 1"))


def test_a_backup_restored_has_every_row_and_still_keeps_authorities_apart(
    server: TemporaryServer, tmp_path: Path
) -> None:
    migrator = server.url("alongside_migrator", "m", "alongside")
    asyncio.run(upgrade_schema(migrator, KEY))
    superuser = server.url("postgres", server.password, "alongside")
    asyncio.run(fill(superuser))
    before = asyncio.run(rows_of(superuser))
    assert sum(before.values()) > 50

    backup = run(
        str(INFRA / "backup.sh"), str(tmp_path / "new"), server=server,
        BACKUP_URL=server.url("alongside_backup", "b", "alongside"),
    )  # fmt: skip
    assert Path(backup).stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("*.half"))
    run(str(INFRA / "restore.sh"), backup, "restored", server=server, ADMIN_URL=server.superuser_url)

    restored = server.url("postgres", server.password, "restored")
    assert asyncio.run(rows_of(restored)) == before
    assert asyncio.run(ask(restored, "SELECT count(*) FROM security.key")) == [(0,)], "the key travels apart"
    asyncio.run(upgrade_schema(server.url("alongside_migrator", "m", "restored"), KEY))
    assert asyncio.run(versions_seen(server.url("alongside_app", "a", "restored"))) == {NORTHSHIRE}
    functions = asyncio.run(ask(superuser, OPEN_FUNCTIONS))
    assert asyncio.run(ask(restored, OPEN_FUNCTIONS)) == functions, (
        "what was taken from everybody stays taken"
    )


async def fill(url: str) -> None:
    """Insert the personas of two authorities."""
    connection = await asyncpg.connect(url)
    try:
        await insert_personas(connection)
    finally:
        await connection.close()


async def rows_of(url: str) -> dict[str, int]:
    """Return the number of rows of each table."""
    tables = await ask(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for (name,) in tables)
    return {str(name): int(str(count)) for name, count in await ask(url, counts)}


async def versions_seen(url: str) -> set[int]:
    """Return the authorities whose settings the app sees within one authority."""
    database = Database(url, KEY, pool_size=1)
    try:
        async with database.transaction(NORTHSHIRE) as session:
            connection = await session.connection()
            rows = await connection.exec_driver_sql("SELECT authority_id FROM authority_settings")
            return {row[0] for row in rows}
    finally:
        await database.close()


def test_a_restore_never_writes_over_a_database(server: TemporaryServer, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="already exists"):
        run(
            str(INFRA / "restore.sh"),
            str(tmp_path / "any"),
            "alongside",
            server=server,
            ADMIN_URL=server.superuser_url,
        )
