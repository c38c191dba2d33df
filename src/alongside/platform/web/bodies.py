"""Reads form bodies within limits of bytes, fields and seconds, before anything else is done with them.

A body above a limit is read to its end and dropped, so that the browser reads the response. The text that arrived is
kept, so that the error page can show it again.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl

from litestar.datastructures import UploadFile
from multipart import (  # type: ignore[import-untyped]
    MultipartSegment,
    ParserError,
    ParserLimitReached,
    PushMultipartParser,
)

from alongside.platform.web.http import HttpRequest

MOST_FIELDS = 2_000
"""Maximum number of fields or files in a form."""

SHOWN_AGAIN = 300
"""Fields that are parsed of a form with too many, to show them again; a form of ours has fewer."""

CHEAP_TEXT = 50_000
"""Bytes of text that are shown again also while too many requests wait; the longest form of ours has less."""

MOST_TEXT = 1_000_000
"""Maximum bytes of text in a form, without its files."""

MOST_DROPPED = 64_000_000
"""Bytes of a body that are read and dropped, so that the browser gets a response and not a broken connection."""

SECONDS = 30.0
SECONDS_WITH_FILES = 120.0
"""Seconds within which a form must have arrived: 20 MB at 1.5 Mbit/s take 110."""

BYTES_PER_SECOND = 100_000_000
"""Bytes of a body that the server takes from its connection in a second of the processor, at least."""

FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data"
OPEN_FILES = "alongside_files"
Problem = Literal["large", "fields", "slow", "unreadable"]
Pair = tuple[str, "str | SentFile"]


class SentFile(UploadFile):
    """A file of a form, with the SHA-256 of its content."""

    __slots__ = ("digest",)

    def __init__(self, filename: str, content_type: str) -> None:
        super().__init__(content_type=content_type, filename=filename)
        self.digest = hashlib.sha256()


@dataclass
class Body:
    """A form that was read: `problem` says why it is refused; `pairs` are the fields that arrived, in order.

    `files` includes files that did not arrive completely: `close_files` closes them. `raw` is what `parse` still has to
    parse, `seconds` the time that reading took without waiting for the browser.
    """

    pairs: list[Pair] = field(default_factory=list)
    problem: Problem | None = None
    files: list[SentFile] = field(default_factory=list)
    raw: bytes = b""
    seconds: float = 0.0

    def parse(self) -> None:
        """Parse the fields of a form without files; this waits for nothing, so that a request can do it in its turn."""
        text, self.raw = self.raw.decode("utf-8", "replace"), b""
        self.pairs.extend(parse_qsl(text, keep_blank_values=True, errors="replace"))

    def costs_little(self) -> bool:
        """Return whether the text is short, so that parsing and showing it takes a few milliseconds at most."""
        texts = [value for _, value in self.pairs if isinstance(value, str)]
        fields = len(self.pairs) + self.raw.count(b"&")
        return fields <= SHOWN_AGAIN and len(self.raw) + sum(map(len, texts)) <= CHEAP_TEXT


async def read_body(request: HttpRequest, *, keep_files: bool = True) -> Body:
    """Read a form once. `problem` names the limit that it exceeds, if any.

    Without `keep_files` the content of files is dropped, for the page that refuses the form.
    """
    body = Body()
    request.scope[OPEN_FILES] = body.files  # type: ignore[literal-required]
    kind, options = request.content_type
    most = request.route_handler.resolve_request_max_body_size() or MOST_TEXT
    try:
        async with asyncio.timeout(SECONDS if most <= MOST_TEXT else SECONDS_WITH_FILES):
            chunks = _chunks(request, body, most)
            if kind == FORM:
                await _read_fields(chunks, body)
            elif kind == FILES and options.get("boundary"):
                await _read_parts(chunks, body, options["boundary"], keep_files=keep_files)
            else:
                await _drain(chunks)
                body.problem = body.problem or ("unreadable" if kind == FILES else None)
    except TimeoutError:
        body.problem = "slow"
    return body


async def close_files(request: HttpRequest) -> None:
    """Delete the temporary files of this request's form."""
    files: list[SentFile] = request.scope.get(OPEN_FILES, [])  # type: ignore[assignment]
    for file in files:
        await file.close()


async def _chunks(request: HttpRequest, body: Body, most: int) -> AsyncIterator[bytes]:
    """Yield the body in chunks; above `most` bytes it is too large, and above MOST_DROPPED reading stops."""
    arrived = 0
    if (request.content_length or 0) > most:
        body.problem = "large"
    while arrived < MOST_DROPPED:
        event = await request.receive()
        if event["type"] != "http.request":
            body.problem = body.problem or "unreadable"
            return
        chunk: bytes = event.get("body", b"")
        arrived += len(chunk)
        body.seconds += len(chunk) / BYTES_PER_SECOND
        if arrived > most:
            body.problem = "large"
        if chunk:
            yield chunk
        if not event.get("more_body", False):
            return


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    async for _ in chunks:
        pass


async def _read_fields(chunks: AsyncIterator[bytes], body: Body) -> None:
    """Read a form without files. Fields are counted as they arrive; what follows the last allowed one is dropped."""
    text, ends = bytearray(), 0
    async for chunk in chunks:
        if ends >= MOST_FIELDS:
            continue
        text += chunk[: MOST_TEXT - len(text)]
        ends += chunk.count(b"&")
        if ends >= MOST_FIELDS:
            body.problem = body.problem or "fields"
            text = bytearray(b"&").join(text.split(b"&", SHOWN_AGAIN)[:SHOWN_AGAIN])
    body.raw = bytes(text)


async def _read_parts(chunks: AsyncIterator[bytes], body: Body, boundary: str, *, keep_files: bool) -> None:
    """Read a form with files, part by part."""
    parts = _Parts(body, keep_files=keep_files)
    try:
        with PushMultipartParser(boundary, max_segment_count=MOST_FIELDS) as parser:
            async for chunk in chunks:
                began = time.perf_counter()
                for piece in parser.parse(chunk):
                    await parts.take(piece)
                body.seconds += time.perf_counter() - began
    except ParserLimitReached:
        body.problem = body.problem or "fields"
    except (ParserError, LookupError):
        body.problem = body.problem or "unreadable"
    await _drain(chunks)


class _Parts:
    """The part that is being read, and what to do with its content.

    Text is decoded as UTF-8 whatever the part declares: “punycode” takes minutes for a megabyte, and other codecs raise
    unexpected errors.
    """

    def __init__(self, body: Body, *, keep_files: bool) -> None:
        self.body, self.keep_files = body, keep_files
        self.segment: MultipartSegment | None = None
        self.file: SentFile | None = None
        self.text = bytearray()
        self.room = MOST_TEXT

    async def take(self, piece: "MultipartSegment | bytearray | None") -> None:
        """Handle what the parser found: the head of a part, some of its content, or its end (None)."""
        if isinstance(piece, MultipartSegment):
            self.segment, self.text = piece, bytearray()
            self.file = None
            if piece.filename:
                self.file = SentFile(piece.filename, piece.content_type or "text/plain")
                self.body.files.append(self.file)
        elif piece:
            await self._add(bytes(piece))
        elif self.segment is not None:
            await self._end(self.segment)

    async def _add(self, content: bytes) -> None:
        if self.file is None:
            if len(content) > self.room:
                self.body.problem = self.body.problem or "large"
            self.text += content[: self.room]
            self.room = max(0, self.room - len(content))
        elif self.keep_files and self.body.problem is None:
            self.file.digest.update(content)
            await self.file.write(content)

    async def _end(self, segment: MultipartSegment) -> None:
        if self.file is not None:
            await self.file.seek(0)
            self.body.pairs.append((segment.name, self.file))
        else:
            self.body.pairs.append((segment.name, self.text.decode("utf-8", "replace")))
        self.segment = None
