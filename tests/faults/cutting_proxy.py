"""A proxy to PostgreSQL that breaks a connection after a number of the server's messages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit


class Break(StrEnum):
    """How a connection ends. The last two are what pg_terminate_backend and a crash of another backend say."""

    CLOSED = "closed between two messages"
    RESET = "reset between two messages"
    HALF = "closed in the midst of a message"
    TERMINATED = "57P01"
    CRASHED = "57P02"


@dataclass
class CuttingProxy:
    """`url` is the database through the proxy.

    `messages` counts those of the server since `arm`. Each of `refusals` is the SQLSTATE with which one new connection
    is refused.
    """

    there: str
    url: str = ""
    messages: int = 0
    broken: int = 0
    refusals: list[str] = field(default_factory=list)
    _break_at: int | None = None
    _how: Break = Break.CLOSED
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def arm(self, break_at: int | None, how: Break = Break.CLOSED) -> None:
        """Count from now on, and break one connection instead of passing on the message of this number."""
        self.messages, self.broken, self._break_at, self._how = 0, 0, break_at, how

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection, without TLS."""
        place = urlsplit(self.there)
        await reader.readexactly(8)  # asks for TLS
        writer.write(b"N")
        if self.refusals:
            await reader.read(4096)
            writer.write(_fatal(self.refusals.pop(0)))
            writer.close()
            return
        there_reader, there_writer = await asyncio.open_connection(place.hostname, place.port)
        self._writers |= {writer, there_writer}
        answers = asyncio.create_task(self._from_server(there_reader, writer))
        with suppress(ConnectionError):
            while piece := await reader.read(65_536):
                there_writer.write(piece)
                await there_writer.drain()
        answers.cancel()
        there_writer.close()

    async def _from_server(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readexactly(5)
                message = head + await reader.readexactly(int.from_bytes(head[1:], "big") - 4)
                if self._break_at is not None and self.messages >= self._break_at:
                    self._break_at = None
                    self.broken += 1
                    self._end(writer, message)
                    return
                self.messages += 1
                writer.write(message)
                await writer.drain()
        writer.close()

    def _end(self, writer: asyncio.StreamWriter, message: bytes) -> None:
        if self._how is Break.RESET:
            writer.transport.abort()
            return
        if self._how is Break.HALF:
            writer.write(message[: len(message) // 2])
        elif self._how is not Break.CLOSED:
            writer.write(_fatal(self._how.value))
        writer.close()

    def close(self) -> None:
        """Close all connections."""
        for writer in self._writers:
            writer.close()


def _fatal(state: str) -> bytes:
    """Return the message with which a server ends a connection. `state` is its SQLSTATE."""
    output = {b"S": "FATAL", b"V": "FATAL", b"C": state, b"M": "ended by the test"}
    fields = b"".join(name + value.encode() + b"\0" for name, value in output.items())
    return b"E" + (len(fields) + 5).to_bytes(4, "big") + fields + b"\0"


@asynccontextmanager
async def cutting_proxy(url: str) -> AsyncIterator[CuttingProxy]:
    """Yield a proxy to the database of this address."""
    proxy = CuttingProxy(url)
    server = await asyncio.start_server(proxy.connected, "127.0.0.1", 0)
    proxy.url = url.replace(f":{urlsplit(url).port}/", f":{server.sockets[0].getsockname()[1]}/")
    try:
        yield proxy
    finally:
        server.close()
        proxy.close()
