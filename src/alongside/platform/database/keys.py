"""The signing keys that the database accepts: added by `migrate`, retired by `alongside keys retire`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from alongside.errors import ConfigurationError
from alongside.platform.database.connecting import open_connection
from alongside.platform.database.tenant_context import key_name, pads


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that the database accepts: a name that reveals nothing of the key, and the date it was added."""

    name: str
    added_at: datetime


async def add_key(connection: asyncpg.Connection, key: bytes) -> str:
    """Let the database accept contexts signed with this key, beside the existing keys; returns the key's name."""
    name = key_name(key)
    inner, outer = pads(key)
    await connection.execute(
        "INSERT INTO security.key (name, inner_pad, outer_pad) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
        name,
        inner,
        outer,
    )
    return name


async def known_keys(connection: asyncpg.Connection) -> list[KnownKey]:
    """Return the keys that the database accepts, oldest first."""
    rows = await connection.fetch("SELECT name, added_at FROM security.key ORDER BY added_at, name")
    return [KnownKey(row["name"], row["added_at"]) for row in rows]


async def retire_key(connection: asyncpg.Connection, name: str, in_use: bytes) -> None:
    """Stop accepting a key. Raises ConfigurationError for the key in use and for an unknown name."""
    if name == key_name(in_use):
        raise ConfigurationError(
            f"The key {name} is the one in ALONGSIDE_RLS_SIGNING_KEY: it cannot be retired."
        )
    if not await connection.fetchval("DELETE FROM security.key WHERE name = $1 RETURNING true", name):
        known = ", ".join(key.name for key in await known_keys(connection))
        raise ConfigurationError(f"There is no key {name}. The database knows: {known}.")


@asynccontextmanager
async def as_migrator(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Open one transaction as the migrator; commit it when the block ends without an error."""
    connection = await open_connection(url, timeout=5)
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close()
