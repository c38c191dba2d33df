"""`alongside keys`: lists and retires the keys that sign tenant contexts."""

import asyncio

import click

from alongside.platform.database.keys import KnownKey, as_migrator, known_keys, retire_key
from alongside.platform.database.tenant_context import key_name
from alongside.settings import Settings


@click.group()
def keys() -> None:
    """The keys that sign contexts: which the database accepts, and retiring the one before."""


@keys.command("list")
def list_keys() -> None:
    """Print the keys that the database of ALONGSIDE_MIGRATOR_URL accepts, oldest first."""
    settings = Settings.from_environment()

    async def read() -> list[KnownKey]:
        async with as_migrator(settings.needed_migrator_url()) as connection:
            return await known_keys(connection)

    for key in asyncio.run(read()):
        used = " (ALONGSIDE_RLS_SIGNING_KEY)" if key.name == key_name(settings.signing_key) else ""
        click.echo(f"{key.name}  added {key.added_at:%Y-%m-%d %H:%M} UTC{used}")


@keys.command()
@click.argument("name")
def retire(name: str) -> None:
    """Let the database accept the key NAME no more: once every process has been started with the new one."""
    settings = Settings.from_environment()

    async def remove() -> None:
        async with as_migrator(settings.needed_migrator_url()) as connection:
            await retire_key(connection, name, settings.signing_key)

    asyncio.run(remove())
    click.echo(f"The key {name} is accepted no more.")
