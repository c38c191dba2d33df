"""Injected SQL with the app's role: everything that the product does not need is refused."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from alongside.errors import ConfigurationError
from alongside.platform.database.session import Database, check_database_role
from alongside.platform.database.tenant_context import signed_tenant_context
from tests.databases import SIGNING_KEY, DatabaseCopy, DatabaseServer, server_process
from tests.personas import NORTHSHIRE, SOUTHSHIRE

APPEND_ONLY = (
    "authority",
    "authority_settings",
    "allowed_transition",
    "audit_entry",
    "audit_seal",
    "audit_head",
)


@pytest.fixture(scope="module")
async def injected(module_database: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A connection for the attacker's SQL, as the app's role."""
    connection = await asyncpg.connect(module_database.app_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'kept for later')",
        "SELECT lo_unlink(1)",
        "SELECT lo_get(1)",
        "SELECT pg_terminate_backend(pid) FROM pg_locks",
        "SELECT pg_terminate_backend(1)",
        "SELECT pg_cancel_backend(1)",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_lock(1, 2)",
        "SELECT * FROM pg_stat_activity",
        "SELECT * FROM pg_locks",
        "SELECT pg_stat_get_backend_activity(1)",
        "SELECT * FROM pg_prepared_statements",
        "SET track_activities = on",
        "SET log_statement = 'all'",
        "SET session_replication_role = replica",
        "CREATE TEMP TABLE kept (x int)",
        "ALTER ROLE alongside_app SET track_activities = on",
        *(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE" for table in APPEND_ONLY),
        "LOCK TABLE security.key IN ACCESS SHARE MODE",
    ],
)
async def test_what_the_product_does_not_need_is_refused(injected: asyncpg.Connection, sql: str) -> None:
    transaction = injected.transaction()
    await transaction.start()
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await injected.execute(sql)
    finally:
        await transaction.rollback()


@pytest.mark.parametrize(
    "sql",
    [
        "LOCK TABLE need IN ACCESS EXCLUSIVE MODE",
        "NOTIFY alongside_902, 'need'",
        "LISTEN alongside_902",
        "ALTER ROLE alongside_app SET work_mem = '1MB'",
        "ALTER ROLE alongside_app PASSWORD 'another'",
    ],
)
async def test_what_postgresql_cannot_take_from_a_role_is_known(
    injected: asyncpg.Connection, sql: str
) -> None:
    """Pinned, with its limits, in docs/decisions/0008: if one of these is refused one day, update the decision."""
    transaction = injected.transaction()
    await transaction.start()
    try:
        await injected.execute(sql)
    finally:
        await transaction.rollback()


async def test_a_role_whose_statements_are_shown_is_refused_at_the_start(
    database_server: DatabaseServer, copy: DatabaseCopy
) -> None:
    """Set in this database only, so that no other test is affected."""
    database = Database(copy.app_url, SIGNING_KEY, pool_size=1)
    superuser = await asyncpg.connect(copy.superuser_url)
    try:
        await check_database_role(database)
        await database.close()
        await superuser.execute(f"ALTER ROLE alongside_app IN DATABASE {copy.name} SET track_activities = on")
        with pytest.raises(ConfigurationError, match="track_activities = off"):
            await check_database_role(database)
    finally:
        await superuser.execute(f"ALTER ROLE alongside_app IN DATABASE {copy.name} RESET track_activities")
        await superuser.close()
        await database.close()


async def test_the_plan_of_a_statement_tells_how_many_rows_there_are_and_none_of_their_values(
    injected: asyncpg.Connection, module_database: DatabaseCopy
) -> None:
    """EXPLAIN cannot be revoked from a role. What it reveals is pinned here and in docs/decisions/0008.

    "Rows Removed by Filter" of a scan of the whole table counts the rows of all other authorities together. No
    condition makes it count those with a certain value: the authority comes first in every index, and within a scan all
    filtered rows are one number.
    """
    superuser = await asyncpg.connect(module_database.superuser_url)
    others = await superuser.fetchval("SELECT count(*) FROM person WHERE authority_id <> $1", NORTHSHIRE)
    name = await superuser.fetchval("SELECT name FROM person WHERE authority_id = $1 LIMIT 1", SOUTHSHIRE)
    await superuser.close()
    context = signed_tenant_context(NORTHSHIRE, SIGNING_KEY, await server_process(injected))

    async def plan_of(condition: str) -> str:
        async with injected.transaction():
            await injected.execute("SELECT set_config('alongside.tenant_context', $1, true)", context)
            await injected.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
            rows = await injected.fetch(
                f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT * FROM person WHERE {condition}"
            )
            return "\n".join(row[0] for row in rows)

    assert f"Rows Removed by Filter: {others}" in await plan_of("true"), "what stays"
    right = await plan_of(f"authority_id = {SOUTHSHIRE} AND name = '{name}'")
    wrong = await plan_of(f"authority_id = {SOUTHSHIRE} AND name = '{'x' * len(name)}'")
    removed = [line for line in right.splitlines() if "Removed" in line]
    assert removed == [line for line in wrong.splitlines() if "Removed" in line]
