"""Create a database cluster, and clean up after a crash."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

from alongside.dev.postgres.binaries import Unprivileged
from alongside.errors import ConfigurationError


class ChildOptions(TypedDict, total=False):
    """The arguments of `subprocess` that `as_user` sets."""

    cwd: str
    env: dict[str, str]
    user: int
    group: int
    extra_groups: list[int]


SUPERUSER = "postgres"


def as_user(user: Unprivileged | None) -> ChildOptions:
    """Arguments for starting a child process as that user, without root's privileges."""
    plain: ChildOptions = {"cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}}
    if user is None:
        return plain
    return {**plain, "user": user.uid, "group": user.gid, "extra_groups": []}


def end_with_parent() -> list[str]:
    """A command prefix with which Linux stops the process cleanly when its parent ends."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT", "--"] if setpriv else []


def make_cluster(programs: Path, home: Path, user: Unprivileged | None, password: str) -> None:
    """Make `home/cluster` with initdb, unless it is there; an incomplete one is created again.

    `password` is the superuser's, and must be hard to guess: it is not stretched, to keep connecting quick.
    """
    made = home / "made"
    if made.exists():
        return
    cluster, handed = home / "cluster", home / "superuser.handed"
    shutil.rmtree(cluster, ignore_errors=True)
    cluster.mkdir(mode=0o700)
    handed.unlink(missing_ok=True)
    handed.touch(mode=0o600)
    handed.write_text(password)
    if user:
        os.chown(cluster, user.uid, user.gid)
        os.chown(handed, user.uid, user.gid)
    command = [str(programs / "initdb"), "-D", str(cluster), "-U", SUPERUSER, "--pwfile", str(handed)]
    command += ["-A", "scram-sha-256", "-c", "scram_iterations=1", "--no-sync", "--no-instructions"]
    command += ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, **as_user(user))
    finally:
        handed.unlink()
    if done.returncode:
        raise ConfigurationError(
            f"PostgreSQL could not be set up: {done.stderr.strip() or done.stdout.strip()}"
        )
    made.touch()


def pid_file(cluster: Path) -> list[str]:
    """The lines of the server's pid file, process id first and status last; empty if there is none."""
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def free_from_orphan(cluster: Path) -> None:
    """Stop a server whose supervisor died; call it only while holding the folder's lock."""
    lines = pid_file(cluster)
    pid = int(lines[0]) if lines and lines[0].isdigit() else None
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if pid is None or not _is_server_of(pid, cluster):
            break
        os.kill(pid, how)
        _wait_while(lambda: _is_server_of(pid, cluster), 5)
    if pid is not None:
        _wait_while(lambda: _lives(pid), 2)
        if _lives(pid):  # the process id belongs to another process now (or a zombie): the file is stale
            (cluster / "postmaster.pid").unlink(missing_ok=True)
    for leftover in cluster.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def _wait_while(holds: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while holds() and time.monotonic() < until:
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_server_of(pid: int, cluster: Path) -> bool:
    """Whether that process is a live server on this cluster (a zombie is not)."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False if Path("/proc/self").exists() else _lives(pid)
    return str(cluster).encode() in words
