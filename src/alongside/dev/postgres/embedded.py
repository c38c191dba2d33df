"""An embedded PostgreSQL server for the demonstration and the tests.

Production has its own server (`DATABASE_URL`). This one listens on this machine only.
"""

import fcntl
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from alongside.dev.postgres.binaries import Unprivileged, can_read, programs, shelter_of, unprivileged
from alongside.dev.postgres.cluster import (
    SUPERUSER,
    as_user,
    end_with_parent,
    free_from_orphan,
    make_cluster,
    pid_file,
)
from alongside.errors import ConfigurationError

PATIENCE = 20.0
"""Seconds to wait for a start: recovery after a crash takes a fraction of one."""

LONGEST_SOCKET = 100
"""Characters that a path to a unix socket may have (Linux allows 107)."""

ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "random_page_cost": "1.1",
    "recovery_init_sync_method": "syncfs",  # else each recovery syncs every file: 3 s instead of 60 ms
}
UNSAFE_FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class AlreadyRunning(ConfigurationError):
    """Another process runs the server of this folder."""


class EmbeddedServer:
    """One PostgreSQL server whose cluster, log and lock live in `folder`.

    `port` on 127.0.0.1, a free one when None. `durable=False` is quicker; a power cut may lose rows: tests.
    As root the server runs as an unprivileged user; where that user cannot reach `folder`,
    the cluster lies in /var/lib/alongside and `folder/elsewhere` says where.
    """

    def __init__(self, folder: Path, *, port: int | None = None, durable: bool = True) -> None:
        """Describe the server; `start` starts it."""
        self.folder = folder.absolute()
        self.port = port
        self.durable = durable
        self.user = unprivileged()
        self.process: subprocess.Popen[bytes] | None = None
        self.password = ""
        self._lock: IO[bytes] | None = None
        self._home = self.folder

    @property
    def cluster(self) -> Path:
        """Where PostgreSQL keeps its files."""
        return self._home / "cluster"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.folder / "postgresql.log"

    @property
    def superuser_url(self) -> str:
        """The URL of the server's superuser."""
        return self.url(SUPERUSER, self.password, "postgres")

    def url(self, role: str, password: str, database: str) -> str:
        """The URL for one role and database, over 127.0.0.1."""
        return f"postgresql://{role}:{quote(password, safe='')}@127.0.0.1:{self.port}/{quote(database)}"

    def socket_url(self, role: str, password: str, database: str) -> str:
        """The URL over the unix socket, which is faster; over 127.0.0.1 if the socket's path is too long."""
        if not self._has_socket():
            return self.url(role, password, database)
        host = quote(str(self.cluster), safe="")
        return (
            f"postgresql://{role}:{quote(password, safe='')}@/{quote(database)}?host={host}&port={self.port}"
        )

    def claim(self) -> None:
        """Lock the folder until `stop`, without starting the server.

        Raises AlreadyRunning when it is another process's, ConfigurationError when it is another user's.
        """
        if self._lock is not None:  # ours already: a restart after the server died
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("ab")
        except PermissionError:
            raise ConfigurationError(
                f"{self.folder} belongs to another user: run this as that user."
            ) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise AlreadyRunning(
                f"The database in {self.folder} is already running in another process."
            ) from None
        self._lock = lock

    def start(self) -> None:
        """Create or recover the cluster and start the server; returns as soon as it answers.

        Raises as `claim` does, and ConfigurationError when the server cannot start.
        """
        if self.running():
            return
        self.claim()
        try:
            found = programs(self.user)
            self._choose_home()
            self.password = self._keep_password()
            make_cluster(found, self._home, self.user, self.password)
            free_from_orphan(self.cluster)
            self._launch(found / "postgres")
        except BaseException:
            self._release_lock()
            raise

    def running(self) -> bool:
        """Whether the server's process is running."""
        return self.process is not None and self.process.poll() is None

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server within seconds: fast, then immediate, then kill. Committed data is kept.

        `at_once` begins with immediate, which writes no checkpoint: the next start recovers.
        """
        process, self.process = self.process, None
        if process is not None:
            steps = ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
            for how, patience in steps[at_once:]:
                if process.poll() is not None:
                    break
                process.send_signal(how)
                try:
                    process.wait(patience)
                except subprocess.TimeoutExpired:
                    continue
        self._release_lock()

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server, also after an error."""
        self.stop()

    def _release_lock(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.close()

    def _choose_home(self) -> None:
        pointer = self.folder / "elsewhere"
        if pointer.exists():
            self._home = Path(pointer.read_text().strip())
        elif not self.cluster.exists() and not can_read(self.folder, self.user):
            self._home = shelter_of(self.folder)
            pointer.write_text(f"{self._home}\n")
        self._home.mkdir(mode=0o755, parents=True, exist_ok=True)
        if self.user and self.cluster.exists() and self.cluster.stat().st_uid != 0:
            made_by = self.cluster.stat()  # perhaps by an ordinary user, before somebody became root
            self.user = Unprivileged(made_by.st_uid, made_by.st_gid)
        if not can_read(self._home, self.user):
            raise ConfigurationError(
                f"The user that PostgreSQL runs as cannot get to {self._home}. "
                "Open the folders above it to others (chmod o+rx), or run this as an ordinary user."
            )

    def _keep_password(self) -> str:
        """The superuser's password, created at the first start in a private file."""
        kept = self.folder / "superuser"
        if not (self._home / "made").exists():
            kept.unlink(missing_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_hex(32))
        return kept.read_text()

    def _launch(self, postgres: Path) -> None:
        """Start the server, with retries while a killed server's resources or the port are still in use."""
        until = time.monotonic() + PATIENCE
        wanted = self.port
        while True:
            self.port = wanted or free_port()
            said_before = self.log.stat().st_size if self.log.exists() else 0
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self._command(postgres), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True,  # Ctrl-C must not reach the server: the web app stops before its database
                    **as_user(self.user),
                )  # fmt: skip
            if self._wait_until_ready(until):
                return
            self._kill()
            said = self.log.read_bytes()[said_before:].decode(errors="replace")
            passes = "already in use" in said or "already exists" in said or "still in use" in said
            if not passes or time.monotonic() > until or (wanted and "Address already in use" in said):
                raise ConfigurationError(f"PostgreSQL did not start ({self.log}): {_reason(said)}")
            time.sleep(0.1)

    def _kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _wait_until_ready(self, until: float) -> bool:
        assert self.process is not None
        while time.monotonic() < until and self.process.poll() is None:
            lines = pid_file(self.cluster)
            if lines[:1] == [str(self.process.pid)] and lines[-1].strip() == "ready":
                return True
            time.sleep(0.01)
        return False

    def _command(self, postgres: Path) -> list[str]:
        settings = ALWAYS | ({} if self.durable else UNSAFE_FAST_SETTINGS)
        settings |= {"port": str(self.port), "unix_socket_directories": ""}
        if self._has_socket():
            settings["unix_socket_directories"] = str(self.cluster)
        command = [*end_with_parent(), str(postgres), "-D", str(self.cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _has_socket(self) -> bool:
        return len(str(self.cluster)) + len("/.s.PGSQL.65535.lock") < LONGEST_SOCKET


def free_port() -> int:
    """A free port of 127.0.0.1."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def _reason(said: str) -> str:
    """The first error in the server's log, on one line."""
    for line in said.splitlines():
        for level in ("FATAL:", "PANIC:", "ERROR:"):
            if level in line:
                return line.split(level, 1)[1].strip()
    return said.strip().splitlines()[-1] if said.strip() else "it said nothing"
