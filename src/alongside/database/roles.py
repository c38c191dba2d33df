"""The three roles of a database and what each may do. The owner owns, the migrator changes, the app uses."""

from collections.abc import Mapping

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
"""How long the app may keep PostgreSQL busy, hold locks without doing anything, and take for one transaction."""


async def prepare_cluster(
    superuser_url: str, passwords: Mapping[str, str], *, database: str = DATABASE
) -> None:
    """Make the three roles and an empty database, or bring those that are there to this state.

    `passwords` has one for each role that signs in. The migrator's connections act as the owner from the
    first, so all that a migration makes belongs to the owner. Harmless when done again.
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
        await make_database(connection, database)
    finally:
        await connection.close()


async def make_database(connection: asyncpg.Connection, name: str) -> None:
    """An empty database that belongs to the owner and that the app may enter; nothing when it is there."""
    if not await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name):
        await connection.execute(f'CREATE DATABASE "{name}" OWNER {OWNER}')
    await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
    await connection.execute(f'GRANT CONNECT ON DATABASE "{name}" TO {MIGRATOR}, {APP}')
