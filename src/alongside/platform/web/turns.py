"""Limits the requests of each authority that run at once, so that none can fill the queue for the others.

A request waits here, in the order of arrival in its own authority, before it uses a connection and the processor.
Waiting for a browser, for another server or for the process pool uses no turn.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from alongside.errors import ServiceUnavailable


@dataclass
class Turns:
    """Runs `at_once` requests of an authority; `waiting` more queue for `patience` seconds, in one process.

    With `at_once` well below the size of the connection pool, another authority always finds a free connection.
    """

    at_once: int = 3
    waiting: int = 200
    patience: float = 10.0
    _free: dict[int, asyncio.Semaphore] = field(default_factory=dict)
    _in_line: dict[int, int] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, authority_id: int) -> AsyncIterator[None]:
        """Wait for a turn of an authority and hold it.

        Raises ServiceUnavailable when the queue is full or the wait too long.
        """
        free = self._free.setdefault(authority_id, asyncio.Semaphore(self.at_once))
        if free.locked():
            await self._wait(authority_id, free)
        else:
            await free.acquire()
        try:
            yield
        finally:
            free.release()

    def in_line(self, authority_id: int) -> int:
        """Return how many requests of an authority wait."""
        return self._in_line.get(authority_id, 0)

    async def _wait(self, authority_id: int, free: asyncio.Semaphore) -> None:
        if self.in_line(authority_id) >= self.waiting:
            raise ServiceUnavailable
        self._in_line[authority_id] = self.in_line(authority_id) + 1
        try:
            async with asyncio.timeout(self.patience):
                await free.acquire()
        except TimeoutError as problem:
            raise ServiceUnavailable from problem
        finally:
            self._in_line[authority_id] -= 1
