"""A superuser connection for the checks, which reconnects after PostgreSQL was killed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg

from tests.simulation.machines import Machines, connect

Answer = TypeVar("Answer")
GONE = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a query that was sent as the server ended
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
)
TRIES = 5


class Watcher:
    """A reconnecting superuser connection."""

    def __init__(self, room: Machines) -> None:
        """Create it without connecting."""
        self.room = room
        self._connection: asyncpg.Connection | None = None
        self._one_at_a_time = asyncio.Lock()

    async def fetch(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """All rows."""
        return await self._ask(lambda one: one.fetch(query, *values))

    async def fetchrow(self, query: str, *values: Any) -> asyncpg.Record | None:
        """The first row."""
        return await self._ask(lambda one: one.fetchrow(query, *values))

    async def fetchval(self, query: str, *values: Any) -> Any:
        """The first value of the first row."""
        return await self._ask(lambda one: one.fetchval(query, *values))

    async def execute(self, query: str, *values: Any) -> None:
        """Run a statement."""
        await self._ask(lambda one: one.execute(query, *values))

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()

    async def _ask(self, ask: Callable[[asyncpg.Connection], Awaitable[Answer]]) -> Answer:
        async with self._one_at_a_time:
            for _ in range(TRIES):
                try:
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await connect(self.room)
                    return await ask(self._connection)
                except GONE:
                    self._connection = None
        raise AssertionError("PostgreSQL does not come back")
