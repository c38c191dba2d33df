"""Checks of an uploaded register file before parsing: file type, completeness and encoding."""

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from alongside.errors import AlongsideError
from alongside.platform.uploads.archives import ZIP
from alongside.platform.uploads.file_types import OLD_OFFICE

OnBytes = Callable[[int], None]
CHUNK = 1 << 20
MOST_BYTES = 2 << 30
"""Size limit in bytes, unpacked; the national register has 60 MB."""

OTHER_KINDS = (
    (b"\xff\xfe", "a text in UTF-16. Save it again as “CSV” or download it again"),
    (b"\xfe\xff", "a text in UTF-16. Save it again as “CSV” or download it again"),
    (ZIP, "a ZIP archive or an Excel workbook. Unpack it, or save the sheet as CSV"),
    (OLD_OFFICE, "an old Excel workbook. Save the sheet as CSV"),
    (b"%PDF", "a PDF document. Download the CSV file"),
    (b"\x1f\x8b", "compressed twice. Unpack it once"),
)
CURLY_IN_UTF8, ACCENTED_IN_UTF8 = b"\xe2\x80", b"\xc3"
"""The first characters of UTF-8 curly quotation marks and accented letters, read as cp1252."""

BEYOND_ASCII = bytes(range(128, 256))


class UnreadableFile(AlongsideError):
    """The file is not a complete register; nothing is changed. The text says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """An inspected file: SHA-256 and size of its unpacked content, encoding, and how it ends."""

    path: Path
    sha256: str
    size: int
    encoding: str
    ends_with_newline: bool


def inspect(path: Path, on_bytes: OnBytes | None = None) -> Source:
    """Read a file once; `on_bytes` is called with the number of bytes since the last call.

    Raises UnreadableFile for anything that is not a plain text in cp1252 or UTF-8.
    """
    digest, size, last = hashlib.sha256(), 0, b""
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    plain, of_utf8, beyond, bom = True, 0, 0, False
    with unpacked(path, on_bytes) as file:
        while chunk := file.read(CHUNK):
            if size == 0:
                refuse_other_kinds(path, chunk)
                bom = chunk.startswith(codecs.BOM_UTF8)
            if b"\0" in chunk:
                raise UnreadableFile(f"{path.name} is not a text: it holds binary data. Download it again.")
            digest.update(chunk)
            size, last = size + len(chunk), chunk[-1:]
            if size > MOST_BYTES:
                raise UnreadableFile(f"{path.name} is far larger than the register. Download it again.")
            plain = plain and chunk.isascii()
            decoder = decoder and still_utf8(decoder, chunk)
            if decoder is None:
                of_utf8 += 3 * chunk.count(CURLY_IN_UTF8) + 2 * chunk.count(ACCENTED_IN_UTF8)
                beyond += len(chunk) - len(chunk.translate(None, BEYOND_ASCII))
    decoder = decoder and still_utf8(decoder, b"", final=True)
    if size == 0:
        raise UnreadableFile(f"{path.name} is empty. Download it again.")
    # The real register has a few garbled names; these do not indicate another encoding.
    if decoder is None and (bom or of_utf8 > beyond / 2):
        raise UnreadableFile(
            f"{path.name} mixes encodings: parts of it are UTF-8 and parts are not. Download it again."
        )
    encoding = "utf-8-sig" if bom else "utf-8" if decoder and not plain else "cp1252"
    return Source(path, digest.hexdigest(), size, encoding, last in (b"\n", b"\r"))


def refuse_other_kinds(path: Path, start: bytes) -> None:
    """Raise UnreadableFile if the first bytes show another file type."""
    for mark, kind in OTHER_KINDS:
        if start.startswith(mark):
            raise UnreadableFile(f"{path.name} is {kind}.")
    if start[:2000].lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"<"):
        raise UnreadableFile(
            f"{path.name} is a web page or XML, perhaps an error that was saved in place of the register. "
            "Download it again."
        )


def still_utf8(
    decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False
) -> codecs.IncrementalDecoder | None:
    """The decoder for the next piece, or None once the text has shown not to be UTF-8."""
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return None
    return decoder


class _Counted(io.RawIOBase):
    """A file wrapper that reports the number of bytes read."""

    def __init__(self, file: IO[bytes], on_bytes: OnBytes) -> None:
        self.file, self.on_bytes = file, on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self.file.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self.on_bytes(len(chunk))
        return len(chunk)


@contextmanager
def unpacked(path: Path, on_bytes: OnBytes | None = None) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Open a file, decompressing gzip. Raises UnreadableFile when it cannot be read."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            counted: IO[bytes] = file
            if on_bytes is not None:
                counted = io.BufferedReader(_Counted(file, on_bytes), CHUNK)
            yield gzip.GzipFile(fileobj=counted) if packed else counted
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise UnreadableFile(f"{path.name} is damaged or cut off: it cannot be unpacked.") from problem
    except OSError as problem:
        raise UnreadableFile(f"{path.name} cannot be read: {problem.strerror or problem}.") from problem


@contextmanager
def lines_of(source: Source, on_bytes: OnBytes | None = None) -> Iterator[Iterator[str]]:
    """The lines of an inspected file with their ends; bytes that cp1252 does not define become lone surrogates."""
    with unpacked(source.path, on_bytes) as file:
        errors = "surrogateescape" if source.encoding == "cp1252" else "strict"
        text = io.TextIOWrapper(file, source.encoding, errors, newline="")
        try:
            yield iter(text)
        except UnicodeDecodeError as problem:
            name = source.path.name
            raise UnreadableFile(f"{name} changed while it was being read. Try again.") from problem
