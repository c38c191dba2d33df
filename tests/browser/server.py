"""The whole app behind a real socket, over a database of the test's own."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

import uvicorn
from litestar import Litestar

from tests.databases import DatabaseCopy, app_over
from tests.personas import HEAD_OF_MILL

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""A school day in term, so that deadlines and dates are the same in each run."""


@dataclass(frozen=True)
class Served:
    """Where a browser finds the app, and the database behind it."""

    app: Litestar
    port: int
    copy: DatabaseCopy

    def at(self, path: str, host: str = HEAD_OF_MILL.host) -> str:
        """The whole address of a page."""
        return f"http://{host}:{self.port}{path}"


@asynccontextmanager
async def served(copy: DatabaseCopy) -> AsyncIterator[Served]:
    """Serve the app on a free port of this machine, at noon on a school day."""
    async with app_over(copy) as app:
        app.state.app_context.now = lambda: NOON
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(
                app, lifespan="off", ws="none", log_config=None, access_log=False, server_header=False
            )
        )
        server.capture_signals = nullcontext  # type: ignore[assignment]
        running = asyncio.create_task(server.serve(sockets=[sock]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield Served(app, sock.getsockname()[1], copy)
        finally:
            server.should_exit = server.force_exit = True
            await running
            sock.close()
