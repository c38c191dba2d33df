"""Ctrl-C stops `alongside demo` at any moment of its first start, and the next start has all data."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from alongside.dev.postgres.cluster import SUPERUSER
from alongside.dev.postgres.embedded import EmbeddedServer, free_port
from alongside.platform.database.roles import DATABASE
from tests.setup.test_demonstration import Demonstration, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]

MOMENTS = (
    ("starting PostgreSQL", 0.0),
    ("starting PostgreSQL", 0.4),
    ("present schema", 0.3),
    ("applying the settings", 0.0),
    ("filling Wigan", 0.0),
    ("filling Wigan", 3.0),
    ("making plans", 0.0),
    ("making plans", 1.5),
)
"""What it has said, and how many seconds later Ctrl-C comes."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One folder for all starts, so that each goes on from what the one before has left."""
    with tempfile.TemporaryDirectory(prefix="alongside-") as made:
        Path(made).chmod(0o755)
        yield Path(made) / "demonstration"


def descendants(pid: int) -> set[int]:
    """The living processes below one, at any depth."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in listed.stdout.splitlines()]
    found: set[int] = set()
    waiting = {pid}
    while waiting:
        waiting = {int(one) for one, of, state in rows if int(of) in waiting and state[0] != "Z"} - found
        found |= waiting
    return found


def alive(pids: set[int]) -> set[int]:
    """Those of these processes that still run."""
    states = {pid: Path(f"/proc/{pid}/stat") for pid in pids}
    found = set()
    for pid, stat in states.items():
        try:
            if stat.read_text().rpartition(")")[2].split()[0] != "Z":
                found.add(pid)
        except OSError:
            continue
    return found


@pytest.mark.parametrize(("words", "later"), MOMENTS)
def test_ctrl_c_ends_it_and_leaves_no_process(folder: Path, words: str, later: float) -> None:
    """To the whole group, as a terminal sends it; without a traceback."""
    one = Demonstration(folder, free_port())
    one.wait_for(words)
    time.sleep(later)
    family = descendants(one.process.pid)
    os.killpg(one.process.pid, signal.SIGINT)
    one.end()
    assert "Traceback" not in "".join(one.lines), "".join(one.lines)
    until(lambda: not alive(family))


def test_the_next_start_has_all_data(folder: Path) -> None:
    """Both authorities, and the plans, which are made last; what was done then is kept by the start after."""
    for _ in range(2):
        again = Demonstration(folder, free_port())
        try:
            again.wait_for("ready. Open one of these")
        finally:
            again.stop()
        assert not (folder / "loading").exists()
        counted = asyncio.run(counts(folder))
        assert counted["people"] == {359, 816}
        assert counted["runs"] == ["done", "sent"]


async def counts(folder: Path) -> dict[str, Any]:
    """The authorities that have people, and the states of the plans, without those of the worker after a decline."""
    with EmbeddedServer(folder / "postgres") as server:
        connection = await asyncpg.connect(server.url(SUPERUSER, server.password, DATABASE))
        try:
            people = await connection.fetch("SELECT DISTINCT authority_id FROM person")
            runs = await connection.fetch("SELECT state FROM plan_run WHERE because = 'fresh' ORDER BY state")
        finally:
            await connection.close()
    return {"people": {row[0] for row in people}, "runs": [row[0] for row in runs]}
