"""`alongside demo` can be interrupted, starts with all data, survives crashes, stops, and keeps its data."""

import asyncio
import http.client
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from alongside.dev.postgres.cluster import SUPERUSER
from alongside.dev.postgres.embedded import EmbeddedServer, free_port
from alongside.platform.database.roles import DATABASE
from tests.patience import PATIENCE
from tests.sampling import sampled

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
"""What it has said, and how many seconds later Ctrl-C comes; the suite takes three of them."""


class Demonstration:
    """A running demonstration, and its output so far."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "-m", "alongside.cli", "demo", "--folder", str(folder), "--port", str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.listener = threading.Thread(target=self._listen)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stdout
        with self.process.stdout as said:
            for line in said:
                self.lines.append(line)

    def wait_for(self, words: str) -> None:
        until(
            lambda: any(words in line for line in self.lines) or self.process.poll() is not None,
            self.lines,
        )
        assert any(words in line for line in self.lines), "".join(self.lines)

    def children(self, words: str) -> list[int]:
        """Return the running children whose command line has these words."""
        pids = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [
            int(pid) for pid in pids if words in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        ]

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/health/ready", headers={"Host": f"wigan.localhost:{self.port}"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self, how: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.end()

    def end(self) -> int:
        """Wait for its end and its last output; returns the exit code."""
        code = self.process.wait(PATIENCE)
        self.listener.join(PATIENCE)
        return code


def until(happened: Callable[[], object], said: Sequence[str] = ()) -> None:
    """Wait until it happens."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"it did not happen in time; said was: {''.join(said)}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that every user can open: each start goes on from what the one before has left."""
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


@pytest.mark.parametrize(("words", "later"), sampled(MOMENTS, 3 / 8, "moments of Ctrl-C"))
def test_ctrl_c_ends_it_and_leaves_no_process(folder: Path, words: str, later: float) -> None:
    """To the whole group, as a terminal sends it, in its first start; without a traceback."""
    one = Demonstration(folder, free_port())
    one.wait_for(words)
    time.sleep(later)
    family = descendants(one.process.pid)
    os.killpg(one.process.pid, signal.SIGINT)
    one.end()
    assert "Traceback" not in "".join(one.lines), "".join(one.lines)
    until(lambda: not alive(family))


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Demonstration]:
    """A demonstration that is ready."""
    one = Demonstration(folder, free_port())
    one.wait_for("ready. Open one of these")
    yield one
    one.stop()


def test_it_says_what_to_open_and_answers(running: Demonstration) -> None:
    running.wait_for(f"http://wigan.localhost:{running.port}")
    assert running.answers()


def test_a_second_copy_is_told_in_one_line(running: Demonstration, folder: Path) -> None:
    second = Demonstration(folder, free_port())
    assert second.end() == 1
    assert len(second.lines) == 1
    assert "is running already" in second.lines[0]


def test_a_taken_port_is_told_in_one_line(running: Demonstration, folder: Path) -> None:
    second = Demonstration(folder.with_name("another"), running.port)
    assert second.end() == 1
    assert len(second.lines) == 1
    assert f"Port {running.port} is taken" in second.lines[0]


@pytest.mark.parametrize("victim", ["alongside.cli web", "alongside.cli worker", "bin/postgres"])
def test_what_is_killed_is_started_again_and_it_answers(running: Demonstration, victim: str) -> None:
    before = running.children(victim)
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len(running.children(victim)) == len(before) and before[0] not in running.children(victim))
    until(running.answers)
    running.wait_for("SIGKILL; starting it again")


def test_secrets_are_for_its_user_only(running: Demonstration, folder: Path) -> None:
    for name in ("secrets.json", "postgres/superuser"):
        assert (folder / name).stat().st_mode & 0o077 == 0


def test_ctrl_c_stops_everything_and_the_next_start_goes_on(running: Demonstration, folder: Path) -> None:
    until(lambda: len(_family(running)) == 4)  # two web processes, a worker, PostgreSQL
    family = _family(running)
    secrets = (folder / "secrets.json").read_text()
    assert running.stop(signal.SIGINT) == 0
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]
    has_all_data(folder)
    again = Demonstration(folder, running.port)
    try:
        again.wait_for("ready. Open one of these")
        assert (folder / "secrets.json").read_text() == secrets
    finally:
        assert again.stop(signal.SIGTERM) == 0
    has_all_data(folder)


def has_all_data(folder: Path) -> None:
    """Both authorities are there, and the plans, which are made last, although earlier starts were interrupted."""
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


def test_a_supervisor_killed_leaves_nobody_behind(folder: Path) -> None:
    killed = Demonstration(folder, free_port())
    killed.wait_for("ready. Open one of these")
    family = _family(killed)
    killed.stop(signal.SIGKILL)
    until(lambda: not any(_lives(pid) for pid in family))


def _family(started: Demonstration) -> list[int]:
    """The processes that a demonstration has started: web, worker and PostgreSQL."""
    return [*started.children("alongside.cli"), *started.children("postgres")]


def _lives(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False
