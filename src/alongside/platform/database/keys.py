"""The keys with which contexts are signed, as the database knows them: added by `migrate`, retired by command."""

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
    """A key that the database accepts: its name, which tells nothing of it, and since when."""

    name: str
    added_at: datetime


async def add_key(connection: asyncpg.Connection, key: bytes) -> str:
    """Let the database accept contexts signed with this key, beside all that it accepts; returns the key's name."""
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
    """The keys that the database accepts, oldest first."""
    rows = await connection.fetch("SELECT name, added_at FROM security.key ORDER BY added_at, name")
    return [KnownKey(row["name"], row["added_at"]) for row in rows]


async def retire_key(connection: asyncpg.Connection, name: str, in_use: bytes) -> None:
    """Let the database accept a key no more. Raises WrongSetUp for the key in use and for one that is not there."""
    if name == key_name(in_use):
        raise ConfigurationError(
            f"The key {name} is the one in ALONGSIDE_RLS_SIGNING_KEY: it cannot be retired."
        )
    if not await connection.fetchval("DELETE FROM security.key WHERE name = $1 RETURNING true", name):
        known = ", ".join(key.name for key in await known_keys(connection))
        raise ConfigurationError(f"There is no key {name}. The database knows: {known}.")


@asynccontextmanager
async def as_migrator(url: str) -> AsyncIterator[asyncpg.Connection]:
    """One transaction as the migrator, committed when the block ends well."""
    connection = await open_connection(url, timeout=5)
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close()
