"""Runs PostgreSQL, web app, worker and commands as processes under the virtual clock."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import asyncpg
import httpx

from alongside.dev.postgres.cluster import end_with_parent
from alongside.dev.postgres.embedded import EmbeddedServer, free_port
from alongside.platform.database.roles import APP, MIGRATOR, TIMEOUTS, prepare_cluster
from tests.databases import ROLE_PASSWORDS, SIGNING_KEY
from tests.faults.processes import children_of, command_of, kill, stop
from tests.platform.notifications.mail_server import MailServer, mail_server
from tests.simulation.clock import VirtualClock

NAME = "alongside"
COMMAND_SECONDS = 300


class ClockedServer(EmbeddedServer):
    """The embedded PostgreSQL under the virtual clock."""

    def __init__(self, folder: Path, clock: VirtualClock) -> None:
        """Use a separate port, and durable settings because the server will be killed."""
        super().__init__(folder, port=free_port(), durable=True)
        self.clock = clock

    def _command(self, postgres: Path) -> list[str]:
        command = super()._command(postgres)
        at = command.index(str(postgres))
        faked = [f"{name}={value}" for name, value in self.clock.environment().items()]
        return [*command[:at], "/usr/bin/env", *faked, *command[at:]]


@dataclass
class Machines:
    """The running processes, their URLs, and kills. `kills` counts by process."""

    folder: Path
    clock: VirtualClock
    server: ClockedServer
    office: MailServer
    port: int
    desk_port: int
    desk: subprocess.Popen[bytes] | None = None
    product: subprocess.Popen[bytes] | None = None
    kills: dict[str, int] = field(default_factory=dict)

    @property
    def tenants(self) -> Path:
        """The folder with the settings of each authority."""
        return self.folder / "tenants"

    @property
    def superuser_url(self) -> str:
        """The database URL of the superuser."""
        return self.server.url("postgres", self.server.password, NAME)

    @property
    def web_url(self) -> str:
        """The local URL of the web app."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def desk_url(self) -> str:
        """The URL of the web process that accepts invitations without a sign-in provider."""
        return f"http://127.0.0.1:{self.desk_port}"

    def environment(self) -> dict[str, str]:
        """The environment variables of the product's processes."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("ALONGSIDE_")}
        return others | {
            "DATABASE_URL": self.server.url(APP, ROLE_PASSWORDS[APP], NAME),
            "ALONGSIDE_MIGRATOR_URL": self.server.url(MIGRATOR, ROLE_PASSWORDS[MIGRATOR], NAME),
            "ALONGSIDE_RLS_SIGNING_KEY": SIGNING_KEY.decode(),
            "ALONGSIDE_SECRET": "s" * 32,
            "ALONGSIDE_MAIL": self.office.url,
            "ALONGSIDE_BASE_URL": "https://{host}",
            "ALONGSIDE_TENANTS": str(self.tenants),
            **self.clock.environment(),
        }

    async def command(self, *words: str, must_succeed: bool = True) -> tuple[int, str]:
        """Run `alongside <words>` as a process; returns its exit code and output."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "alongside.cli", *words,
            env=self.environment(), stdin=subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        async with asyncio.timeout(COMMAND_SECONDS):
            said, _ = await process.communicate()
        code, text = process.returncode or 0, said.decode(errors="replace")
        if code and must_succeed:
            log = self.server.log.read_text(errors="replace")[-2000:]
            raise AssertionError(
                f"alongside {' '.join(words)} ended with {code}:\n{text[-3000:]}\nPostgreSQL: {log}"
            )
        return code, text

    def start_web(self, web: int) -> None:
        """Start `alongside run` with so many web processes."""
        command = [
            *end_with_parent(),
            sys.executable,
            "-m",
            "alongside.cli",
            "run",
            "--port",
            str(self.port),
            "--web",
            str(web),
        ]
        with (self.folder / "product.log").open("ab") as log:
            self.product = subprocess.Popen(
                command, env=self.environment(), stdout=log, stderr=log, start_new_session=True
            )
            command = [
                *end_with_parent(),
                sys.executable,
                "-m",
                "alongside.cli",
                "web",
                "--port",
                str(self.desk_port),
            ]
            environment = self.environment() | {"ALONGSIDE_DEMONSTRATION": "yes"}
            self.desk = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    async def until_open(self, host: str) -> None:
        """Wait until the web app answers."""
        until = time.monotonic() + 60
        async with httpx.AsyncClient(base_url=self.web_url, timeout=5) as http:
            while time.monotonic() < until:
                assert self.product is not None and self.product.poll() is None, "the product ended"
                try:
                    if (await http.get("/health/ready", headers={"host": host})).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)
        raise AssertionError("the product did not open")

    def kill(self, victim: str) -> bool:
        """Send SIGKILL to the web processes, the worker or PostgreSQL; False when none was running."""
        self.kills[victim] = self.kills.get(victim, 0) + 1
        if victim == "postgres":
            assert self.server.process is not None
            kill([self.server.process.pid, *children_of(self.server.process.pid)])
            self.server.process.wait()
            self.server.start()
            return True
        assert self.product is not None
        found = [pid for pid in children_of(self.product.pid) if victim in command_of(pid).split()]
        if found:
            kill(found)
        return bool(found)

    def expired(self) -> int:
        """The number of tenant contexts that expired because the clock moved between signing and use."""
        return self.server.log.read_text(errors="replace").count("set for this transaction has expired")

    def log_lines(self) -> list[str]:
        """The log lines of web app and worker."""
        log = self.folder / "product.log"
        return log.read_text(errors="replace").splitlines() if log.exists() else []


@asynccontextmanager
async def machines(start: datetime) -> AsyncIterator[Machines]:
    """Start PostgreSQL with the schema, and a mail server. `start_web` starts web app and worker."""
    with tempfile.TemporaryDirectory(prefix="alongside-year-") as made:
        folder = Path(made)
        os.chmod(folder, 0o755)  # noqa: PTH101, S103  (PostgreSQL's user must get in)
        clock = VirtualClock(folder / "clock", start)
        server = ClockedServer(folder / "postgres", clock)
        await asyncio.to_thread(server.start)
        try:
            async with mail_server() as office:
                await prepare_cluster(server.superuser_url, ROLE_PASSWORDS, database=NAME)
                room = Machines(folder, clock, server, office, free_port(), free_port())
                await remove_time_limits(room)
                room.tenants.mkdir()
                try:
                    await room.command("migrate")
                    yield room
                finally:
                    for one in (room.product, room.desk):
                        if one is not None:
                            await asyncio.to_thread(stop, one)
        finally:
            await asyncio.to_thread(server.stop)


async def remove_time_limits(room: Machines) -> None:
    """Remove the time limits of the app's role, which PostgreSQL measures with the clock that the driver moves.

    Also, libfaketime gives the real time to a signal handler that interrupts it, so that a limit could end at once.
    """
    connection = await connect(room)
    try:
        for name in TIMEOUTS:
            await connection.execute(f"ALTER ROLE {APP} IN DATABASE {NAME} SET {name} = 0")
    finally:
        await connection.close()


async def connect(room: Machines) -> asyncpg.Connection:
    """Connect as superuser, with retries while PostgreSQL restarts."""
    until = time.monotonic() + 30
    while True:
        try:
            return await asyncpg.connect(room.superuser_url)
        except (OSError, asyncpg.PostgresError):
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.2)
