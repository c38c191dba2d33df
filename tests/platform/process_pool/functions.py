"""Functions that the tests run in child processes."""

import os
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass
class Row:
    """A value with several types."""

    on: date
    cost: Decimal | None
    body: bytes


def echoed(rows: list[Row], more: dict[str, int]) -> tuple[list[Row], dict[str, int]]:
    """Return the arguments."""
    print("this is no answer")
    return rows, more


def slept(seconds: float) -> str:
    """Sleep."""
    time.sleep(seconds)
    return "slept"


def filled(megabytes: int) -> int:
    """Allocate memory."""
    return len(bytearray(megabytes * 1024**2))


def refused(text: str) -> str:
    """Refuse the input."""
    raise ValueError(f"{text} cannot be read")


def broken() -> str:
    """Raise an unexpected error."""
    raise KeyError("nothing")


def ended() -> str:
    """End the process, as a crash in a library would."""
    os._exit(11)


def seen() -> list[str]:
    """Return the names of the environment variables."""
    return sorted(os.environ)


def process() -> int:
    """Return the process id."""
    return os.getpid()


NICENESS = os.getpriority(os.PRIO_PROCESS, 0)


def niceness_at_import() -> int:
    """Return the priority with which this module was imported."""
    return NICENESS
