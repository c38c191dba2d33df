"""Messages between the pool and its children: a length, then MessagePack, so that no message can run code.

A child parses uploaded files, so its answers are not trusted either: pickle is not used.
"""

import struct

import msgspec

LENGTH = struct.Struct(">Q")
LARGEST = 256 * 1024**2
"""Maximum bytes of one question or answer."""


class Question(msgspec.Struct, array_like=True):
    """A function by its module and name, and its arguments."""

    module: str
    name: str
    arguments: msgspec.Raw


class Answer(msgspec.Struct, array_like=True):
    """The result of a function, or its refusal, or the name of an error."""

    result: msgspec.Raw = msgspec.Raw(b"\xc0")
    refused: str | None = None
    failed: str | None = None


def framed(message: msgspec.Struct) -> bytes:
    """Return a message with its length in front."""
    body = msgspec.msgpack.encode(message)
    return LENGTH.pack(len(body)) + body


def packed(value: object) -> msgspec.Raw:
    """Return a value encoded for a message."""
    return msgspec.Raw(msgspec.msgpack.encode(value))
