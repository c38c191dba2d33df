"""Hearing what PostgreSQL calls out at a commit: one connection of its own, made again whenever it is lost."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import asyncpg
import structlog

PULSE = 30.0
"""Seconds between two looks whether the connection still lives, also where the network only fell silent."""

PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each further try to connect; the last one for good."""

LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError)
"""What a connection that is cut off, at whatever moment, may raise."""

log = structlog.get_logger("alongside.listening")


class Listener:
    """Listens on channels. `heard` gets channel and payload; `back` is called after each connecting.

    Whatever was called out while there was no connection is lost, so `back` must look for itself what is new.
    A pooler that shares connections between transactions delivers nothing: `url` must reach the server
    itself.
    """

    def __init__(
        self, url: str, heard: Callable[[str, str], None], back: Callable[[], None] = lambda: None
    ) -> None:
        self.url = url
        self.heard = heard
        self.back = back
        self.channels: set[str] = set()
        self._connection: asyncpg.Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopped = False
        self._change = asyncio.Lock()

    def start(self) -> None:
        """Begin to listen, in a task of its own; nothing when it has begun."""
        if self._task is None:
            self._stopped = False
            self._task = asyncio.create_task(self._keep_listening())

    async def stop(self) -> None:
        """Listen no more."""
        self._stopped = True  # a cancellation that meets a connection just lost is swallowed on its way
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def add(self, channel: str) -> None:
        """Listen on this channel too; while there is no connection, as soon as there is."""
        async with self._change:
            if channel not in self.channels:
                self.channels.add(channel)
                await self._quietly("add_listener", channel)

    async def remove(self, channel: str) -> None:
        """Listen on this channel no more."""
        async with self._change:
            if channel in self.channels:
                self.channels.discard(channel)
                await self._quietly("remove_listener", channel)

    async def _quietly(self, act: str, channel: str) -> None:
        """Change the present connection; a lost one is noticed elsewhere, and made anew with all channels."""
        if self._connection is not None and not self._connection.is_closed():
            with contextlib.suppress(*LOST):
                await getattr(self._connection, act)(channel, self._hear)

    def _hear(self, _connection: Any, _pid: int, channel: str, payload: object) -> None:
        self.heard(channel, str(payload))

    async def _keep_listening(self) -> None:
        failures = 0
        while True:
            try:
                await self._listen()
                failures = 0
            except LOST as problem:
                log.warning("not listening", error=type(problem).__name__)
            if self._stopped:
                return
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    async def _listen(self) -> None:
        """Listen until the connection is lost."""
        connection = await asyncpg.connect(
            self.url, timeout=5, server_settings={"application_name": "alongside listener"}
        )
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        try:
            async with self._change:
                self._connection = connection
                for channel in sorted(self.channels):
                    await connection.add_listener(channel, self._hear)
            self.back()
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), PULSE)
                    return
                await connection.fetchval("SELECT 1", timeout=5)
        finally:
            self._connection = None
            connection.terminate()
