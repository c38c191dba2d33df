"""The process of the sentence model, one for all web processes and the worker of a machine.

The model and the embeddings that searches compare take about 300 MB, which no web process should hold. It listens on a
socket that only this user can open, knows no secret and no database address, writes no file and ends with its parent.
"""

import asyncio
import socket
import sys
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from alongside.features.directory.search.embedding_model import (
    SentenceEncoder,
    as_bytes,
    from_bytes,
    similarity,
)
from alongside.features.directory.search.embeddings import TEXTS
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
from alongside.platform.process_pool.child import limit_resources

Result = TypeVar("Result")

MEMORY = 4 * 1024**3
"""Bytes of address space; a tenth of it is used."""

MOST_BYTES = 128_000_000
"""Most bytes of embeddings kept, for the most recently used authorities: about 160,000 entries."""

AT_ONCE = 2
"""Texts that are read without a pause, so that a search waits at most for these of the worker's: 0.1 s."""

MOST_TEXTS, LONGEST_TEXT = 1_000, 20_000
"""Most texts of one request, and characters of one that are read; the model reads about 256 words of each."""

MOST_OF_ONE = 256_000_000
"""Most bytes of one authority's embeddings: about 320,000 entries."""

NEAREST = 60
"""Most entries that similarity in meaning can add to one search."""

FAINT = 0.25
"""Least cosine similarity; below it two texts are unrelated."""


@dataclass(frozen=True, slots=True)
class CachedVectors:
    """The embeddings of one authority's entries as they were at a stamp."""

    stamp: str
    ids: bytes
    numbers: npt.NDArray[np.int8]


@dataclass
class ModelServer:
    """Answers requests. One thread runs the model; requests take turns after every few texts."""

    encoder: SentenceEncoder
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))
    kept: OrderedDict[int, CachedVectors] = field(default_factory=OrderedDict)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection until it ends."""
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                writer.write(framed(await self._answer(await _message(reader), reader, writer)))
                await writer.drain()
        writer.close()

    async def _answer(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Response:
        if isinstance(request, Embed):
            if len(request.texts) > MOST_TEXTS:
                raise OSError("too many texts")
            parts = [
                await self._run(self._embedded, request.texts[at : at + AT_ONCE])
                for at in range(0, len(request.texts), AT_ONCE)
            ]
            return Embeddings(b"".join(parts))
        if not isinstance(request, Nearest):
            raise OSError("a part without its request")
        kept = self.kept.get(request.authority_id)
        if kept is None or kept.stamp != request.stamp:
            writer.write(framed(Missing()))
            await writer.drain()
            kept = await _received(request.stamp, reader)
            self._keep(request.authority_id, kept)
        self.kept.move_to_end(request.authority_id)
        return await self._run(self._nearest, kept, request.sentence)

    async def _run(self, function: Callable[..., Result], *arguments: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self.thread, partial(function, *arguments))

    def _embedded(self, texts: tuple[str, ...]) -> bytes:
        return as_bytes(self.encoder.read([text[:LONGEST_TEXT] for text in texts]))

    def _nearest(self, kept: CachedVectors, sentence: str) -> Near:
        if not kept.ids:
            return Near(b"", ())
        (asked,) = self.encoder.read([sentence[:LONGEST_TEXT]])
        alike = similarity(asked, kept.numbers)
        order = [int(at) for at in np.argsort(-alike, kind="stable")[:NEAREST] if alike[at] > FAINT]
        ids = b"".join(kept.ids[at * 16 : at * 16 + 16] for at in order)
        return Near(ids, tuple(float(alike[at]) for at in order))

    def _keep(self, authority_id: int, vectors: CachedVectors) -> None:
        self.kept[authority_id] = vectors
        while len(self.kept) > 1 and sum(one.numbers.nbytes for one in self.kept.values()) > MOST_BYTES:
            self.kept.popitem(last=False)


async def _message(reader: asyncio.StreamReader) -> Request:
    body = await reader.readexactly(length_of(await reader.readexactly(LENGTH.size)))
    message: Request = msgspec.msgpack.decode(body, type=Request)
    return message


async def _received(stamp: str, reader: asyncio.StreamReader) -> CachedVectors:
    ids, numbers, size = [], [], 0
    while isinstance(part := await _message(reader), Vectors) and part.ids:
        size += len(part.ids) + len(part.numbers)
        if size > MOST_OF_ONE:
            raise OSError("too many embeddings")
        ids.append(part.ids)
        numbers.append(part.numbers)
    joined = b"".join(ids)
    return CachedVectors(stamp, joined, from_bytes(numbers, len(joined) // 16, TEXTS))


async def serve(listening: socket.socket) -> None:
    """Serve on a listening socket. Raises ConfigurationError when the model's file is not the expected one."""
    served = await asyncio.start_unix_server(ModelServer(SentenceEncoder()).handle, sock=listening)
    async with served:
        await served.serve_forever()


if __name__ == "__main__":
    limit_resources(MEMORY)
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1]))))
