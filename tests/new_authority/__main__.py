"""`make new-authority`: the whole setup at the size of a large county, with the time of each step."""

import os
import sys
import tempfile
from pathlib import Path

from tests.new_authority.journey import Journey

LARGEST = 600.0
"""Seconds that it may take in all: ten minutes."""

with tempfile.TemporaryDirectory(prefix="alongside-new-") as made:
    os.chmod(made, 0o755)  # noqa: PTH101, S103  (PostgreSQL's user must get in)
    journey = Journey(Path(made), schools=519)
    try:
        journey.run()
    finally:
        for name, seconds in journey.steps:
            print(f"{seconds:8.1f} s  {name}")
        print(f"{journey.total:8.1f} s  in all, {journey.schools} schools")
sys.exit(journey.total > LARGEST)
