"""The three database roles and their rights: the owner owns, the migrator changes the schema, the app uses it."""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import asyncpg

OWNER = "alongside_owner"
MIGRATOR = "alongside_migrator"
APP = "alongside_app"
DATABASE = "alongside"

ATTRIBUTES = {
    OWNER: "NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB",
    MIGRATOR: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB",
    APP: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOINHERIT",
}

TIMEOUTS = {
    "statement_timeout": "20s",
    "idle_in_transaction_session_timeout": "30s",
    "transaction_timeout": "5min",
}
"""Limits for the app's role: statement time, idle time within a transaction, and total time of a transaction."""

RESTRICTIONS = """
DO $$
DECLARE one regprocedure;
BEGIN
    FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ ANY (ARRAY[
        '^lo_', '^(loread|lowrite)$',
        '^pg_(cancel|terminate)_backend$',
        '^pg_prepared_statement$',
        '^pg_(try_)?advisory_lock(_shared)?$',
        '^(pg_stat_get_activity|pg_stat_get_backend_.*|pg_lock_status)$']) LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one);
        IF one::text ~ '^pg_(stat_get|lock_status)' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pg_read_all_stats', one);
        END IF;
    END LOOP;
END $$
"""
"""Rights of PUBLIC that are revoked because the product does not need them: large objects, which no policy guards;
ending other connections of the same role; the names of prepared statements; locks that outlive a transaction; the
activity of other connections.
"""


async def prepare_cluster(
    superuser_url: str, passwords: Mapping[str, str], *, database: str = DATABASE
) -> None:
    """Create the three roles and an empty database, or update existing ones. Safe to repeat.

    `passwords` has one for each role that signs in. The migrator's connections act as the owner, so everything that a
    migration creates belongs to the owner.
    """
    connection = await asyncpg.connect(superuser_url)
    try:
        for role, attributes in ATTRIBUTES.items():
            if not await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", role):
                await connection.execute(f"CREATE ROLE {role}")
            await connection.execute(f"ALTER ROLE {role} {attributes}")
        for setting, limit in TIMEOUTS.items():
            await connection.execute(f"ALTER ROLE {APP} SET {setting} = '{limit}'")
        for role, password in passwords.items():
            change = await connection.fetchval(
                "SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)", role, password
            )
            await connection.execute(change)
        await connection.execute(f"GRANT {OWNER} TO {MIGRATOR}")
        await connection.execute(f"ALTER ROLE {MIGRATOR} SET role = {OWNER}")
        await connection.execute(f"GRANT pg_read_all_stats TO {OWNER}")
        await connection.execute(f"ALTER ROLE {APP} SET track_activities = off")
        await connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
        await make_database(connection, database)
    finally:
        await connection.close()
    await restrict_database(superuser_url, database)


async def restrict_database(superuser_url: str, database: str) -> None:
    """Revoke from PUBLIC in a database what the product does not need; copies of the database keep this."""
    url = urlsplit(superuser_url)._replace(path=f"/{quote(database)}").geturl()
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(RESTRICTIONS)
    finally:
        await connection.close()


async def drop_database(superuser_url: str, name: str) -> None:
    """Remove a database with all its data, if it exists."""
    connection = await asyncpg.connect(superuser_url)
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()


async def make_database(connection: asyncpg.Connection, name: str) -> None:
    """Create an empty database that belongs to the owner and that the app may connect to, unless it exists."""
    if not await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name):
        await connection.execute(f'CREATE DATABASE "{name}" OWNER {OWNER}')
    await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
    await connection.execute(f'GRANT CONNECT ON DATABASE "{name}" TO {MIGRATOR}, {APP}')
