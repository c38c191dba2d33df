"""Each authority has a few requests in work at once, so that none can fill the queue in front of another.

A request waits here, in the order of arrival in its own authority, before it takes a connection and the processor.
Waiting for a browser, for another server or for the process pool takes no turn.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from alongside.errors import ServiceUnavailable


@dataclass
class Turns:
    """`at_once` requests of an authority in work, `waiting` more in line for `patience` seconds, in one process.

    With `at_once` well below the connections of the pool, another authority always finds one free.
    """

    at_once: int = 3
    waiting: int = 200
    patience: float = 10.0
    _free: dict[int, asyncio.Semaphore] = field(default_factory=dict)
    _in_line: dict[int, int] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, authority_id: int) -> AsyncIterator[None]:
        """Wait for a turn of an authority and have it. Raises TooBusy when the line is too long or does not move."""
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
        """How many requests of an authority wait."""
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
