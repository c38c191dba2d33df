"""A listener stops when told to, whatever happens to the connection at that moment."""

import asyncio

import pytest

from alongside.platform.database.listener import Listener
from tests.databases import DatabaseCopy
from tests.patience import PATIENCE


async def stops(listener: Listener) -> None:
    """It stops by itself: a second cancellation, as a timeout would send, could hide a fault."""
    _, waiting = await asyncio.wait({asyncio.create_task(listener.stop())}, timeout=PATIENCE)
    assert not waiting


@pytest.mark.parametrize("steps", range(6))
async def test_a_connection_lost_in_the_moment_of_stopping_keeps_nobody_waiting(
    module_database: DatabaseCopy, steps: int
) -> None:
    """A shutdown of the machine ends PostgreSQL and the worker together: the worker must not reconnect for ever."""
    connected = asyncio.Event()
    listener = Listener(module_database.app_url, lambda *_: None, connected.set)
    listener.start()
    await connected.wait()
    await asyncio.sleep(0.05)
    assert listener._connection is not None
    listener._connection.terminate()
    for _ in range(steps):
        await asyncio.sleep(0)
    await stops(listener)


async def test_a_database_that_has_gone_keeps_nobody_waiting_either() -> None:
    """While it reconnects, and between two attempts."""
    for wait in (0.0, 0.05, 0.3):
        listener = Listener("postgresql://nobody:x@127.0.0.1:1/nothing", lambda *_: None)
        listener.start()
        await asyncio.sleep(wait)
        await stops(listener)
