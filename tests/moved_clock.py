"""`make test-at DAYS=100 ARGS="tests/features"`: tests with the clock of Python and of PostgreSQL moved ahead.

A test that passes today and fails then depends on the day on which it runs.
"""

import os
import select
import sys
import time
from pathlib import Path
from typing import SupportsIndex

from alongside.dev.postgres.temporary_server import TemporaryServer
from tests.simulation.clock import library

OFFSET = "FAKETIME"


def environment(days: int) -> dict[str, str]:
    """The environment variables of a process whose clock is so many days ahead. Monotonic clocks stay as they are."""
    found = library()
    if found is None:
        raise SystemExit("libfaketime is needed: apt-get install libfaketime")
    plain = dict.fromkeys(("FAKETIME_DONT_FAKE_MONOTONIC", "DONT_FAKE_MONOTONIC", "NO_FAKE_STAT"), "1")
    return {"LD_PRELOAD": found, OFFSET: f"+{days}d", "FAKETIME_FORCE_MONOTONIC_FIX": "0", **plain}


class ServerOfTheTests(TemporaryServer):
    """The tests' server: with the clock of this process, if that is moved."""

    def _command(self, postgres: Path) -> list[str]:
        command = super()._command(postgres)
        names = ("LD_PRELOAD", *(name for name in os.environ if "FAKE" in name))
        moved = [f"{name}={os.environ[name]}" for name in names] if OFFSET in os.environ else []
        return ["/usr/bin/env", *moved, *command] if moved else command


def sleep(seconds: float | SupportsIndex) -> None:
    """Wait: libfaketime takes its offset from the monotonic end of a `time.sleep`, which is then before the start."""
    select.select([], [], [], float(seconds))


if OFFSET in os.environ:
    time.sleep = sleep

if __name__ == "__main__":
    os.execve(  # noqa: S606
        sys.executable,
        [sys.executable, "-m", "pytest", *sys.argv[2:]],
        os.environ | environment(int(sys.argv[1])),
    )
