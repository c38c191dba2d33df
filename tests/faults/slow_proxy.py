"""A slow proxy to PostgreSQL, so that a request can be cancelled between any two messages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65_536):
            await asyncio.sleep(seconds)
            writer.write(piece)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def slow_line(url: str, seconds: float) -> AsyncIterator[str]:
    """Yield an address of the same database through a proxy that delays each message by these seconds."""
    place = urlsplit(url)
    carried: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(place.hostname, place.port)
        for one in (_carry(reader, there_writer, seconds), _carry(there_reader, writer, seconds)):
            carried.add(asyncio.create_task(one))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield url.replace(f":{place.port}/", f":{port}/")
    finally:
        server.close()
        for task in carried:
            task.cancel()
        await asyncio.gather(*carried, return_exceptions=True)
