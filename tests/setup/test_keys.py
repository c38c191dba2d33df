"""Replacing the signing key: two keys are valid meanwhile, no request fails, and a command retires the old one."""

import asyncio

import asyncpg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.cli import alongside
from alongside.platform.database.session import Database
from alongside.platform.database.tenant_context import key_name
from tests.databases import SIGNING_KEY, DatabaseCopy, DatabaseServer
from tests.personas import NORTHSHIRE

NEW_KEY = b"another key for tests, thirty-two"


class Installation:
    """Runs the commands of an installation on a copy, each with the key in its environment."""

    def __init__(self, database_server: DatabaseServer, copy: DatabaseCopy) -> None:
        self.copy = copy
        self.environment = {
            "DATABASE_URL": copy.app_url,
            "ALONGSIDE_MIGRATOR_URL": database_server.url(copy.name, "alongside_migrator"),
            "ALONGSIDE_SECRET": "s" * 32,
        }

    async def run(self, key: bytes, *words: str) -> Result:
        runner = CliRunner(env=self.environment | {"ALONGSIDE_RLS_SIGNING_KEY": key.decode()})
        return await asyncio.to_thread(runner.invoke, alongside, list(words))

    async def serves_with(self, key: bytes) -> bool:
        """Return whether a process with this key can read rows."""
        database = Database(self.copy.app_url, key, pool_size=1)
        try:
            async with database.transaction(NORTHSHIRE) as session:
                return bool(await session.scalar(text("SELECT count(*) FROM person")))
        except DBAPIError:
            return False
        finally:
            await database.close()


@pytest.fixture
def installed(database_server: DatabaseServer, copy: DatabaseCopy) -> Installation:
    """An installation that has used the first key so far."""
    return Installation(database_server, copy)


async def test_a_new_key_leaves_the_old_one_good_until_it_is_retired(installed: Installation) -> None:
    """Half of the processes still have the old key after `migrate`: all of them work."""
    assert not await installed.serves_with(NEW_KEY)
    result = await installed.run(NEW_KEY, "migrate")
    assert result.exit_code == 0, result.output
    assert await installed.serves_with(NEW_KEY)
    assert await installed.serves_with(SIGNING_KEY), "migrate broke every process that has the old key"
    listed = (await installed.run(NEW_KEY, "keys", "list")).output.splitlines()
    assert [line.split()[0] for line in listed] == [key_name(SIGNING_KEY), key_name(NEW_KEY)]
    assert "ALONGSIDE_RLS_SIGNING_KEY" in listed[1] and "ALONGSIDE_RLS_SIGNING_KEY" not in listed[0]
    result = await installed.run(NEW_KEY, "keys", "retire", key_name(SIGNING_KEY))
    assert result.exit_code == 0, result.output
    assert await installed.serves_with(NEW_KEY)
    assert not await installed.serves_with(SIGNING_KEY)


async def test_migrating_again_adds_no_key_and_revives_none(installed: Installation) -> None:
    for _ in range(2):
        assert (await installed.run(NEW_KEY, "migrate")).exit_code == 0
    assert len((await installed.run(NEW_KEY, "keys", "list")).output.splitlines()) == 2
    await installed.run(NEW_KEY, "keys", "retire", key_name(SIGNING_KEY))
    assert (await installed.run(NEW_KEY, "migrate")).exit_code == 0
    assert not await installed.serves_with(SIGNING_KEY)


async def test_the_key_in_use_cannot_be_retired_and_no_name_tells_a_key(installed: Installation) -> None:
    refused = await installed.run(SIGNING_KEY, "keys", "retire", key_name(SIGNING_KEY))
    assert refused.exit_code and "cannot be retired" in str(refused.exception)
    unknown = await installed.run(SIGNING_KEY, "keys", "retire", "nothing")
    assert unknown.exit_code and key_name(SIGNING_KEY) in str(unknown.exception)
    assert await installed.serves_with(SIGNING_KEY)
    assert SIGNING_KEY.hex()[:12] != key_name(SIGNING_KEY)


async def test_the_app_can_neither_see_nor_add_nor_retire_a_key(copy: DatabaseCopy) -> None:
    connection = await asyncpg.connect(copy.app_url)
    try:
        for sql in (
            "SELECT name FROM security.key",
            "INSERT INTO security.key (name, inner_pad, outer_pad) VALUES ('mine', '', '')",
            "DELETE FROM security.key",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(sql)
    finally:
        await connection.close()
