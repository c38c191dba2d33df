"""With the app's role on a raw connection, no table and no statement returns a row of another authority."""

import hmac
import time
from typing import Any

import asyncpg
import pytest

from alongside.platform.database.tenant_context import EVERY_AUTHORITY, signed, signed_tenant_context
from tests.databases import SIGNING_KEY, server_process
from tests.isolation.sample_rows import TABLES, canary, core_team_of, row_of, seed_canaries
from tests.personas import NORTHSHIRE, SOUTHSHIRE

NAMES = [table.name for table in TABLES]


@pytest.fixture(scope="module")
async def wire(module_database: Any) -> Any:
    """A raw connection as the app's role to a database with a row of both authorities in every table."""
    await seed_canaries(module_database.superuser_url, (NORTHSHIRE, SOUTHSHIRE))
    connection = await asyncpg.connect(module_database.app_url)
    yield connection
    await connection.close()


async def true_context(connection: asyncpg.Connection, authority_id: int) -> str:
    """Return the context that the app would set on this connection."""
    return signed_tenant_context(authority_id, SIGNING_KEY, await server_process(connection))


def forged_contexts(process: str) -> dict[str, str]:
    """Return contexts that an attacker might try on a connection with this server process."""
    later, before = int(time.time()) + 600, int(time.time()) - 1
    true = signed_tenant_context(NORTHSHIRE, SIGNING_KEY, process).split(".")
    plain = f"v2.{SOUTHSHIRE}.{later}"
    return {
        "nothing": "",
        "a plain number": str(SOUTHSHIRE),
        "rubbish": "v2.x.y.z",
        "another key": signed(plain, b"mine", process),
        "another authority under a true signature": ".".join(["v2", str(SOUTHSHIRE), true[2], true[3]]),
        "a longer life under a true signature": ".".join(["v2", true[1], str(later + 9999), true[3]]),
        "truly signed but expired": signed(f"v2.{SOUTHSHIRE}.{before}", SIGNING_KEY, process),
        "truly signed for another server process": signed(plain, SIGNING_KEY, "1-1"),
        "truly signed for no server process": f"{plain}.{hmac.new(SIGNING_KEY, plain.encode(), 'sha256').hexdigest()}",
        "no signature": f"v2.{SOUTHSHIRE}.{later}.",
        "another version": signed(f"v1.{SOUTHSHIRE}.{later}", SIGNING_KEY, process),
        "quotes": "'; SELECT 1 --",
    }


async def rows_seen(connection: asyncpg.Connection, context: str | None, sql: str) -> list[Any] | str:
    """Return the rows of a statement under a context, or the SQLSTATE of its error; rolled back afterwards."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        if context is not None:
            await connection.execute("SELECT set_config('alongside.tenant_context', $1, true)", context)
            requester = core_team_of(context, SIGNING_KEY, await server_process(connection))
            await connection.execute("SELECT set_config('alongside.requester_context', $1, true)", requester)
        return list(await connection.fetch(sql))
    except asyncpg.PostgresError as refused:
        return refused.sqlstate or "error"
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("table", NAMES)
async def test_a_true_fence_shows_the_own_row(wire: asyncpg.Connection, table: str) -> None:
    """The control: without it, empty results in the other tests would prove nothing."""
    rows = await rows_seen(wire, await true_context(wire, NORTHSHIRE), f"SELECT authority_id FROM {table}")
    assert isinstance(rows, list) and rows and {row["authority_id"] for row in rows} == {NORTHSHIRE}


@pytest.mark.parametrize("table", NAMES)
async def test_without_a_true_fence_there_is_a_loud_error_and_no_row(
    wire: asyncpg.Connection, table: str
) -> None:
    """With no context, an empty one or any forgery, reading and writing raise an error."""
    for name, context in {"never set": None, **forged_contexts(await server_process(wire))}.items():
        for sql in (f"SELECT * FROM {table}", f"SELECT count(*) FROM {table}"):
            assert await rows_seen(wire, context, sql) == "42501", (name, sql)


@pytest.mark.parametrize("table", NAMES)
async def test_the_context_of_none_shows_the_settings_of_all_and_nothing_else(
    wire: asyncpg.Connection, table: str
) -> None:
    """A process reads the settings of all authorities at once, and changes none."""
    context = await true_context(wire, EVERY_AUTHORITY)
    rows = await rows_seen(wire, context, f"SELECT authority_id FROM {table}")
    assert isinstance(rows, list)
    seen = {NORTHSHIRE, SOUTHSHIRE} if table == "authority_settings" else set()
    assert {row["authority_id"] for row in rows} >= seen and bool(rows) == bool(seen)
    assert await rows_seen(wire, context, f"DELETE FROM {table} RETURNING *") in ([], "42501")


@pytest.mark.parametrize("table", NAMES)
async def test_no_statement_reaches_a_row_of_another_authority(wire: asyncpg.Connection, table: str) -> None:
    """Twenty kinds of statement against an existing row of the other authority."""
    context = await true_context(wire, NORTHSHIRE)
    there = f"authority_id = {SOUTHSHIRE}"
    reads = [
        f"SELECT * FROM {table} WHERE {there}",
        f"SELECT * FROM {table} WHERE NOT {there} IS FALSE",
        f"SELECT * FROM {table} WHERE {table}::text LIKE '%{canary(SOUTHSHIRE, table)}%'",
        f"WITH x AS (SELECT * FROM {table}) SELECT * FROM x WHERE {there}",
        f"SELECT b.* FROM {table} a, LATERAL (SELECT * FROM {table} b WHERE b.{there}) b",
        f"SELECT b.* FROM {table} a RIGHT JOIN {table} b ON b.{there} WHERE b.{there}",
        f"SELECT * FROM ONLY {table} WHERE {there}",
        f"SELECT * FROM {table} WHERE {there} UNION ALL SELECT * FROM {table} WHERE {there}",
        f"SELECT * FROM {table} WHERE {there} FOR UPDATE",
        f"SELECT (SELECT max(authority_id) FROM {table}) AS authority_id WHERE (SELECT max(authority_id) FROM {table}) <> {NORTHSHIRE}",
        f"SELECT * FROM (TABLE {table}) x WHERE {there}",
        f"UPDATE {table} SET authority_id = authority_id WHERE {there} RETURNING *",
        f"DELETE FROM {table} WHERE {there} RETURNING *",
        f"WITH gone AS (DELETE FROM {table} WHERE {there} RETURNING *) SELECT * FROM gone",
        f"MERGE INTO {table} t USING (SELECT {SOUTHSHIRE} AS a) s ON t.authority_id = s.a WHEN MATCHED THEN DELETE RETURNING t.*",
    ]
    for sql in reads:
        seen = await rows_seen(wire, context, sql)
        assert seen in ([], "42501"), (sql, seen)
    own = next(one for one in TABLES if one.name == table)
    columns = [column for column in own.columns if column.computed is None]
    names = ", ".join(f'"{column.name}"' for column in columns)
    values = ", ".join(
        str(SOUTHSHIRE) if column.name == "authority_id" else f'"{column.name}"' for column in columns
    )
    writes = [
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} RETURNING *",
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} ON CONFLICT DO NOTHING RETURNING *",
        f"UPDATE {table} SET authority_id = {SOUTHSHIRE} RETURNING *",
    ]
    policy = own.info.get("second_policy")
    changed = (policy.changed or policy.added or policy.seen) if policy is not None else "core_officer"
    stands = "core_officer" not in changed  # the core team, which asks here, may update no row
    for sql in writes:
        refused = [] if stands and sql.startswith("UPDATE") else "42501"
        assert await rows_seen(wire, context, sql) == refused, sql


@pytest.mark.parametrize("table", NAMES)
async def test_a_prepared_plan_serves_no_rows_to_the_next_authority(
    wire: asyncpg.Connection, table: str
) -> None:
    """Twelve executions as one authority, then as another, then without context, on one connection with one plan."""
    for mode in ("auto", "force_generic_plan"):
        await wire.execute(f"SET plan_cache_mode = {mode}")
        for _ in range(12):
            rows = await rows_seen(
                wire, await true_context(wire, NORTHSHIRE), f"SELECT authority_id FROM {table}"
            )
            assert {row["authority_id"] for row in rows} == {NORTHSHIRE}  # type: ignore[index]
        rows = await rows_seen(
            wire, await true_context(wire, SOUTHSHIRE), f"SELECT authority_id FROM {table}"
        )
        assert {row["authority_id"] for row in rows} == {SOUTHSHIRE}  # type: ignore[index]
        assert await rows_seen(wire, None, f"SELECT authority_id FROM {table}") == "42501"


INJECTED = [
    f"SELECT set_config('alongside.tenant_context', '{SOUTHSHIRE}', true)",
    "SET LOCAL row_security = off",
    "SET LOCAL ROLE alongside_owner",
    "SET LOCAL ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "SELECT * FROM security.key",
    "UPDATE security.key SET inner_pad = ''",
    "ALTER TABLE need DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE need NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY authority_only ON need",
    "CREATE POLICY mine ON need USING (true)",
    "CREATE OR REPLACE FUNCTION security.authority_id() RETURNS integer LANGUAGE sql AS 'SELECT 902'",
    "CREATE FUNCTION public.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
    "CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
    "SET LOCAL search_path = pg_temp, public",
    "GRANT alongside_owner TO alongside_app",
    "ALTER ROLE alongside_app BYPASSRLS",
    "ALTER ROLE alongside_app SUPERUSER",
    "UPDATE pg_class SET relrowsecurity = false WHERE relname = 'need'",
    "COPY need TO PROGRAM 'cat'",
    "COPY (SELECT 1) TO '/tmp/leak'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "CREATE EXTENSION dblink",
    "DO $$ BEGIN EXECUTE 'SET LOCAL ROLE postgres'; END $$",
    "CREATE TABLE mine AS SELECT * FROM need",
    "CREATE TEMP TABLE mine AS SELECT * FROM need",
    "CREATE VIEW mine AS SELECT * FROM need",
    "CREATE TEMP VIEW mine AS SELECT * FROM need",
    "SELECT most_common_vals FROM pg_stats WHERE tablename = 'need'",
    "TRUNCATE need",
    "LOCK TABLE need IN ACCESS EXCLUSIVE MODE",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "UPDATE audit_entry SET note = 'nothing happened'",
    "DELETE FROM audit_entry",
    "SELECT nextval('need_id_seq')",
]


@pytest.mark.parametrize("sql", INJECTED)
async def test_injected_sql_stays_inside_its_own_authority(wire: asyncpg.Connection, sql: str) -> None:
    """SQL injected into a statement of one authority returns no row of the other."""
    transaction = wire.transaction()
    await transaction.start()
    try:
        context = await true_context(wire, NORTHSHIRE)
        await wire.execute("SELECT set_config('alongside.tenant_context', $1, true)", context)
        try:
            async with wire.transaction():
                await wire.execute(sql)
        except asyncpg.PostgresError:
            pass
        for table in NAMES:
            try:
                async with wire.transaction():
                    found = await wire.fetchval(
                        f"SELECT count(*) FROM {table} WHERE authority_id = {SOUTHSHIRE}"
                    )
            except asyncpg.PostgresError:
                continue
            assert found == 0, table
    finally:
        await transaction.rollback()


def test_every_table_has_a_row_to_be_seen() -> None:
    """Every table has a sample row."""
    assert all(row_of(table, NORTHSHIRE)["authority_id"] == NORTHSHIRE for table in TABLES)
