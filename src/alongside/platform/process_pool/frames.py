"""What goes between the pool and its children: a length, then MessagePack. Nothing in it can run code.

A child reads files that strangers sent, so its answers are trusted no more than those files: pickle is not used.
"""

import struct
from typing import Any

import msgspec

LENGTH = struct.Struct(">Q")
LARGEST = 256 * 1024**2
"""Bytes of one question or answer."""


class Question(msgspec.Struct, array_like=True):
    """A function by its module and name, and its arguments."""

    module: str
    name: str
    arguments: msgspec.Raw


class Answer(msgspec.Struct, array_like=True):
    """What a function gave, or the sentence with which it refused, or the name of what went wrong."""

    result: msgspec.Raw = msgspec.Raw(b"\xc0")
    refused: str | None = None
    failed: str | None = None


def framed(message: Any) -> bytes:
    """A message with its length before it."""
    body = msgspec.msgpack.encode(message)
    return LENGTH.pack(len(body)) + body


def packed(value: Any) -> msgspec.Raw:
    """A value, to stand in a message."""
    return msgspec.Raw(msgspec.msgpack.encode(value))
