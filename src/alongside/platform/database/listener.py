"""Listens for PostgreSQL notifications (LISTEN) on a connection of its own, and reconnects when it is lost."""

import asyncio
import contextlib
from collections.abc import Callable

import asyncpg
import structlog

PULSE = 30.0
"""Seconds between checks that the connection is alive, for a network that drops packets without an error."""

PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each attempt to reconnect; the last value repeats."""

LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError)
"""Errors that a lost connection may raise."""

log = structlog.get_logger("alongside.listening")


class Listener:
    """Listens on channels. `heard` is called with channel and payload, `back` after each connection.

    Notifications sent while disconnected are lost, so `back` must check for missed changes. A pooler that shares
    connections between transactions delivers none: `url` must be the address of the server itself.
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
        """Start listening in a task; does nothing if already started."""
        if self._task is None:
            self._stopped = False
            self._task = asyncio.create_task(self._keep_listening())

    async def stop(self) -> None:
        """Stop listening."""
        self._stopped = True  # a cancellation that meets a connection just lost is swallowed on its way
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def add(self, channel: str) -> None:
        """Listen on this channel too; while disconnected, from the next connection on."""
        async with self._change:
            if channel not in self.channels:
                self.channels.add(channel)
                await self._quietly("add_listener", channel)

    async def remove(self, channel: str) -> None:
        """Stop listening on this channel."""
        async with self._change:
            if channel in self.channels:
                self.channels.discard(channel)
                await self._quietly("remove_listener", channel)

    async def _quietly(self, act: str, channel: str) -> None:
        """Add or remove a channel on the current connection; if that is lost, reconnecting sets all channels."""
        if self._connection is not None and not self._connection.is_closed():
            with contextlib.suppress(*LOST):
                await getattr(self._connection, act)(channel, self._hear)

    def _hear(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
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
