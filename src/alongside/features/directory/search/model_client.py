"""Asks the process of the sentence model, and starts it where no supervisor did.

With a supervisor (`alongside run`, `web --processes`, the demonstration) all processes share one, whose socket is named
by the environment. A process without a supervisor starts its own when it is first needed.
"""

import asyncio
import atexit
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import msgspec
import structlog

from alongside.features.directory.search.model_messages import (
    LENGTH,
    Embed,
    Embeddings,
    Missing,
    Near,
    Nearest,
    Request,
    Response,
    Vectors,
    framed,
    length_of,
)
from alongside.platform.process_pool.pool import KEPT_OF_THE_ENVIRONMENT

SOCKET = "ALONGSIDE_MODEL_SOCKET"
"""The variable with the path of the socket of the supervisor's model process."""

log = structlog.get_logger("alongside.directory")


class ModelAway(Exception):
    """The process of the sentence model does not answer."""


class _NotRead(Exception):
    """The embeddings could not be read, for example because the database is away."""

    def __init__(self, cause: Exception) -> None:
        self.cause = cause


async def _apart(vectors: AsyncIterator[Vectors]) -> AsyncIterator[Vectors]:
    """Yield the parts; an error of reading them is not taken for one of the connection to the model."""
    try:
        async for part in vectors:
            yield part
    except Exception as problem:
        raise _NotRead(problem) from problem


def start_model(listening: socket.socket) -> subprocess.Popen[bytes]:
    """Start the process of the model on a listening socket; it gets no secret and no database address."""
    kept = {name: os.environ[name] for name in KEPT_OF_THE_ENVIRONMENT if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "alongside.features.directory.search.model_process", str(listening.fileno())],
        env=kept,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=[listening.fileno()],
        start_new_session=True,
    )


@contextmanager
def model_socket() -> Iterator[tuple[str, socket.socket]]:
    """Return the path of a listening socket in a folder that only this user can open, and the socket."""
    with (
        tempfile.TemporaryDirectory(prefix="alongside-model-") as folder,
        socket.socket(socket.AF_UNIX) as made,
    ):
        path = str(Path(folder) / "socket")
        made.bind(path)
        made.listen(64)
        yield path, made


@dataclass
class Connection:
    """A connection to the process of the model."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, message: Request) -> None:
        """Send a message."""
        self.writer.write(framed(message))
        await self.writer.drain()

    async def answer(self) -> Response:
        """Read an answer."""
        body = await self.reader.readexactly(length_of(await self.reader.readexactly(LENGTH.size)))
        message: Response = msgspec.msgpack.decode(body, type=Response)
        return message


@dataclass
class ModelClient:
    """Sends requests to the process of the model.

    A search waits `patience` seconds for each answer. The model then counts as away for `pause` seconds, so that no
    other search waits in vain. `clock` returns seconds.
    """

    path: str | None = field(default_factory=lambda: os.environ.get(SOCKET))
    patience: float = 3.0
    pause: float = 10.0
    clock: Callable[[], float] = time.monotonic
    _away_until: float = float("-inf")
    _own: tuple[str, socket.socket] | None = None
    _process: subprocess.Popen[bytes] | None = None

    async def embed(self, texts: tuple[str, ...], patience: float = 60.0) -> bytes:
        """Return the embeddings of texts, one byte for each number. Raises ModelAway."""
        async with self._connected() as connection, asyncio.timeout(patience):
            await connection.send(Embed(texts))
            answer = await connection.answer()
        assert isinstance(answer, Embeddings)
        return answer.numbers

    async def nearest(self, wanted: Nearest, vectors: Callable[[], AsyncIterator[Vectors]]) -> Near:
        """Return the entries closest in meaning; `vectors` reads the embeddings if the process lacks them.

        Raises ModelAway, and what `vectors` raises: a database that is away is not the model's fault.
        """
        try:
            async with self._connected() as connection:
                async with asyncio.timeout(self.patience):
                    await connection.send(wanted)
                    answer = await connection.answer()
                if isinstance(answer, Missing):
                    async for part in _apart(vectors()):
                        async with asyncio.timeout(self.patience):
                            await connection.send(part)
                    async with asyncio.timeout(self.patience):
                        await connection.send(Vectors())
                        answer = await connection.answer()
        except _NotRead as problem:
            raise problem.cause from None
        assert isinstance(answer, Near)
        return answer

    def stop(self) -> None:
        """End the process that this client has started."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        if self.clock() < self._away_until:
            raise ModelAway("it did not answer a moment ago")
        writer = None
        try:
            reader, writer = await asyncio.open_unix_connection(self.path or self._started())
            yield Connection(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, msgspec.MsgspecError) as problem:
            self._away_until = self.clock() + self.pause
            log.warning("the sentence model is away: words only", error=type(problem).__name__)
            raise ModelAway(type(problem).__name__) from problem
        finally:
            if writer is not None:
                writer.close()

    def _started(self) -> str:
        """Return the path of the socket of a process of our own, started or started again."""
        if self._own is None:
            stack = ExitStack()
            self._own = stack.enter_context(model_socket())
            stack.callback(self.stop)
            atexit.register(stack.close)
        path, listening = self._own
        if self._process is None or self._process.poll() is not None:
            self._process = start_model(listening)
        return path


@lru_cache(maxsize=1)
def model() -> ModelClient:
    """Return the client of this process."""
    return ModelClient()
