"""A virtual clock shared by several processes: libfaketime with an offset in a file.

In every process with `environment`, the time is the real time plus the seconds in that file: Python's
datetime, time.time, and PostgreSQL's now() agree. Monotonic clocks are unchanged, so that time-outs stay
real. Without the "monotonic fix" a thread that waits for another does not wait in a busy loop. Source: the README of libfaketime 0.9.10.
"""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

LIBRARY_PATHS = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
    "/usr/lib64/faketime/libfaketime.so.1",
)


def library() -> str | None:
    """The path of libfaketime (Debian package libfaketime); None when it is not installed."""
    named = os.environ.get("LIBFAKETIME")
    return next((place for place in (named, *LIBRARY_PATHS) if place and Path(place).exists()), None)


class VirtualClock:
    """The current time of the simulation."""

    def __init__(self, file: Path, start: datetime) -> None:
        """Start at `start`; the offset is stored in `file`, which every user can read."""
        self.file = file
        self.offset = 0
        self.move_to(start)
        file.chmod(0o644)

    def now(self) -> datetime:
        """The current virtual time in UTC."""
        return datetime.fromtimestamp(time.time() + self.offset, UTC)

    def move_to(self, moment: datetime) -> None:
        """Set the virtual time to `moment`. An earlier moment is ignored."""
        offset = round(moment.timestamp() - time.time())
        if self.offset == 0 or offset > self.offset:
            self.offset = offset
            half = self.file.with_suffix(".half")
            half.write_text(f"{offset:+d}\n")
            half.chmod(0o644)
            half.rename(self.file)

    def move_by(self, step: timedelta) -> None:
        """Advance the virtual time."""
        self.move_to(self.now() + step)

    def environment(self) -> Mapping[str, str]:
        """The environment variables of a process that uses this clock."""
        found = library()
        assert found is not None, "libfaketime is not installed"
        return {
            "LD_PRELOAD": found,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            "NO_FAKE_STAT": "1",
        }
