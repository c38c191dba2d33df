"""A clock that several processes share and that the driver moves: libfaketime with an offset kept in a file.

Every process that is started with `environment` reads the real time plus the seconds in that file, in each call: Python's
datetime, time.time, and PostgreSQL's now() agree at every moment. Monotonic clocks are left alone, so that time-outs stay
what they are. Source: the README of libfaketime 0.9.10.
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
    """Where libfaketime is installed (Debian package libfaketime); None where it is not."""
    named = os.environ.get("LIBFAKETIME")
    return next((place for place in (named, *LIBRARY_PATHS) if place and Path(place).exists()), None)


class VirtualClock:
    """The time of the simulation: what the processes take for the present moment."""

    def __init__(self, file: Path, start: datetime) -> None:
        """Begin at `start`; the offset is kept in `file`, which every user may read."""
        self.file = file
        self.offset = 0
        self.move_to(start)
        file.chmod(0o644)

    def now(self) -> datetime:
        """The present moment (UTC) as the processes see it."""
        return datetime.fromtimestamp(time.time() + self.offset, UTC)

    def move_to(self, moment: datetime) -> None:
        """Make `moment` the present. Time never goes back: an earlier moment changes nothing."""
        offset = round(moment.timestamp() - time.time())
        if self.offset == 0 or offset > self.offset:
            self.offset = offset
            half = self.file.with_suffix(".half")
            half.write_text(f"{offset:+d}\n")
            half.chmod(0o644)
            half.rename(self.file)

    def move_by(self, step: timedelta) -> None:
        """Move on by so much."""
        self.move_to(self.now() + step)

    def environment(self) -> Mapping[str, str]:
        """What a process needs in its environment to live by this clock."""
        found = library()
        assert found is not None, "libfaketime is not installed"
        return {
            "LD_PRELOAD": found,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
