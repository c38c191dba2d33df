"""The product as an operator runs it: a durable PostgreSQL, `alongside run` and a mail server; all can be killed."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx

from alongside.dev.postgres.embedded import EmbeddedServer, free_port
from alongside.platform.database.roles import APP, MIGRATOR, prepare_cluster
from alongside.platform.database.schema import upgrade_schema
from tests.databases import ROLE_PASSWORDS, SIGNING_KEY, insert_personas
from tests.patience import PATIENCE
from tests.platform.notifications.mail_server import MailServer, mail_server

NAME = "alongside"


@dataclass
class Processes:
    """The running processes, and how to kill them."""

    server: EmbeddedServer
    port: int
    office: MailServer
    product: subprocess.Popen[bytes]

    @property
    def superuser_url(self) -> str:
        """The address of the database for the superuser."""
        return self.server.url("postgres", self.server.password, NAME)

    def app_url(self) -> str:
        """The address of the database for the app's role."""
        return self.server.url(APP, ROLE_PASSWORDS[APP], NAME)

    def children(self, word: str) -> list[int]:
        """Return the running processes that were started as `alongside <word>`."""
        return [pid for pid in children_of(self.product.pid) if word in command_of(pid).split()]

    def kill_web(self) -> None:
        """Kill all web processes at once; their supervisor restarts them."""
        kill(self.children("web"))

    def kill_worker(self) -> None:
        """Kill the worker; its supervisor restarts it."""
        kill(self.children("worker"))

    def kill_postgres(self) -> None:
        """Kill the server with all its backends, then start it again, as its supervisor would."""
        assert self.server.process is not None
        leader = self.server.process.pid
        kill([leader, *children_of(leader)])
        self.server.process.wait()
        self.server.start()


def children_of(pid: int) -> list[int]:
    """Return the direct children of a process."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(one) for one in (task / "children").read_text().split()]
    return found


def command_of(pid: int) -> str:
    """Return the command line of a process, with spaces between its words; empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def kill(pids: list[int]) -> None:
    """Kill with SIGKILL."""
    assert pids, "there is nothing to kill"
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


@asynccontextmanager
async def processes() -> AsyncIterator[Processes]:
    """Start everything with the personas; stop everything at the end."""
    with tempfile.TemporaryDirectory(prefix="alongside-room-") as made:
        folder = Path(made)
        os.chmod(folder, 0o755)  # noqa: PTH101, S103  (PostgreSQL's user must be able to open it)
        server = EmbeddedServer(folder / "postgres", port=free_port(), durable=True)
        server.start()
        try:
            async with mail_server() as office:
                await _furnish(server)
                room = _start(server, office, folder / "product.log")
                try:
                    await _opened(room)
                    yield room
                finally:
                    await asyncio.to_thread(stop, room.product)
        finally:
            server.stop()


def stop(product: subprocess.Popen[bytes]) -> None:
    """Tell it to stop, and check that it does."""
    product.send_signal(signal.SIGTERM)
    try:
        product.wait(15)
    except subprocess.TimeoutExpired:
        product.kill()
        product.wait()


async def _furnish(server: EmbeddedServer) -> None:
    await prepare_cluster(server.superuser_url, ROLE_PASSWORDS, database=NAME)
    await upgrade_schema(server.url(MIGRATOR, ROLE_PASSWORDS[MIGRATOR], NAME), SIGNING_KEY)
    connection = await asyncpg.connect(server.url("postgres", server.password, NAME))
    try:
        await insert_personas(connection)
    finally:
        await connection.close()


def _start(server: EmbeddedServer, office: MailServer, log: Path) -> Processes:
    port = free_port()
    others = {name: value for name, value in os.environ.items() if not name.startswith("ALONGSIDE_")}
    environment = others | {
        "DATABASE_URL": server.url(APP, ROLE_PASSWORDS[APP], NAME),
        "ALONGSIDE_RLS_SIGNING_KEY": SIGNING_KEY.decode(),
        "ALONGSIDE_SECRET": "s" * 32,
        "ALONGSIDE_DEMONSTRATION": "yes",  # emails are sent at any hour
        "ALONGSIDE_MAIL": office.url,
        "ALONGSIDE_BASE_URL": f"http://{{slug}}.localhost:{port}",
    }
    command = [sys.executable, "-m", "alongside.cli", "run", "--port", str(port), "--web", "2"]
    with log.open("ab") as said:
        product = subprocess.Popen(command, env=environment, stdout=said, stderr=said, start_new_session=True)
    return Processes(server, port, office, product)


async def _opened(room: Processes) -> None:
    until = time.monotonic() + PATIENCE
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{room.port}", timeout=30) as http:
        while time.monotonic() < until:
            assert room.product.poll() is None, "the product ended"
            try:
                if (
                    await http.get("/health/ready", headers={"host": "northshire.localhost"})
                ).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
    raise AssertionError("the product did not open")
