"""What the tests have the children do."""

import os
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass
class Row:
    """Something with several types in it."""

    on: date
    cost: Decimal | None
    body: bytes


def echoed(rows: list[Row], more: dict[str, int]) -> tuple[list[Row], dict[str, int]]:
    """The same again."""
    print("this is no answer")
    return rows, more


def slept(seconds: float) -> str:
    """Take long."""
    time.sleep(seconds)
    return "slept"


def filled(megabytes: int) -> int:
    """Use much memory."""
    return len(bytearray(megabytes * 1024**2))


def refused(text: str) -> str:
    """Find something wrong with what was sent."""
    raise ValueError(f"{text} cannot be read")


def broken() -> str:
    """Have a fault."""
    raise KeyError("nothing")


def ended() -> str:
    """End the process, as a fault in a library would."""
    os._exit(11)


def seen() -> list[str]:
    """Which variables there are."""
    return sorted(os.environ)


def process() -> int:
    """Which process this is."""
    return os.getpid()
