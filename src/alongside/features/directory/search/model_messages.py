"""Messages to the process of the sentence model and its answers: a length, then MessagePack."""

import msgspec

from alongside.platform.process_pool.frames import LENGTH, framed

LARGEST_MESSAGE = 16_000_000
"""Most bytes of one message: twenty times a part of the embeddings."""

__all__ = [
    "LARGEST_MESSAGE",
    "LENGTH",
    "Embed",
    "Embeddings",
    "Missing",
    "Near",
    "Nearest",
    "Vectors",
    "framed",
    "length_of",
]


class Embed(msgspec.Struct, tag=True):
    """Texts whose embeddings are wanted."""

    texts: tuple[str, ...]


class Nearest(msgspec.Struct, tag=True):
    """A search in the embeddings of one authority, as they were at `stamp`."""

    authority_id: int
    stamp: str
    sentence: str


class Vectors(msgspec.Struct, tag=True):
    """A part of the embeddings that were missing: 16 bytes of an id, and the numbers, for each entry.

    A part without entries is the last.
    """

    ids: bytes = b""
    numbers: bytes = b""


class Embeddings(msgspec.Struct, tag=True):
    """The embeddings of the texts, one byte for each number."""

    numbers: bytes


class Missing(msgspec.Struct, tag=True):
    """The process does not hold these embeddings: send them as `Vectors` on the same connection."""


class Near(msgspec.Struct, tag=True):
    """The entries closest in meaning, closest first: 16 bytes of each id, and the similarities."""

    ids: bytes
    similarities: tuple[float, ...]


Request = Embed | Nearest | Vectors
Response = Embeddings | Missing | Near


def length_of(head: bytes) -> int:
    """Return the length of a message. Raises OSError when it is too large."""
    (length,) = LENGTH.unpack(head)
    if length > LARGEST_MESSAGE:
        raise OSError("the message is too large")
    return int(length)
