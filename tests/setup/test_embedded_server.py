"""The embedded PostgreSQL of the demonstration and the tests: durability, access, cleanup."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from alongside.dev.postgres.embedded import AlreadyRunning, EmbeddedServer
from alongside.dev.postgres.temporary_server import TemporaryServer
from alongside.errors import ConfigurationError
from alongside.platform.database.roles import prepare_cluster
from tests.patience import PATIENCE

PASSWORDS = {"alongside_migrator": "m'igrator", "alongside_app": 'a"pp %$'}


@pytest.fixture(scope="module")
def prepared() -> Iterator[EmbeddedServer]:
    """A server with the three roles, prepared twice."""
    with TemporaryServer() as server:
        for _ in range(2):
            asyncio.run(prepare_cluster(server.superuser_url, PASSWORDS))
        yield server


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can open, like a clone in /opt."""
    with tempfile.TemporaryDirectory(prefix="alongside-") as made:
        Path(made).chmod(0o755)
        yield Path(made) / "postgres"


def ask(url: str, *statements: str) -> object:
    """Return the result of the last statement."""

    async def run() -> object:
        connection = await asyncpg.connect(url)
        try:
            answers = [await connection.fetchval(statement) for statement in statements]
        finally:
            await connection.close()
        return answers[-1]

    return asyncio.run(run())


def test_rows_outlive_kill_9(folder: Path) -> None:
    with EmbeddedServer(folder) as server:
        ask(server.superuser_url, "CREATE TABLE kept AS SELECT generate_series(1, 1000)")
        port = server.port
        assert server.process
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        assert not server.running()
        server.start()
        assert server.port == port, "the addresses that were handed out still hold"
        assert ask(server.superuser_url, "SELECT count(*) FROM kept") == 1000
    with EmbeddedServer(folder) as server:
        assert ask(server.superuser_url, "SELECT count(*) FROM kept") == 1000


def test_a_second_server_on_the_same_folder_is_refused(prepared: EmbeddedServer) -> None:
    with pytest.raises(AlreadyRunning, match="already running in another process"):
        EmbeddedServer(prepared.folder).start()
    assert prepared.running()


def test_a_server_whose_supervisor_was_killed_is_taken_over(folder: Path) -> None:
    left_behind = (
        "import os, sys; from pathlib import Path; from alongside.dev.postgres.embedded import EmbeddedServer\n"
        "server = EmbeddedServer(Path(sys.argv[1])); server.start()\n"
        "print(server.process.pid, flush=True); os._exit(9)"
    )
    said = subprocess.run(
        [sys.executable, "-c", left_behind, str(folder)],
        capture_output=True,
        check=False,
        text=True,
    )
    orphan = int(said.stdout)
    with EmbeddedServer(folder) as server:
        assert ask(server.superuser_url, "SELECT 1") == 1
        assert server.process
        assert server.process.pid != orphan


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs util-linux")
def test_a_killed_supervisor_takes_its_server_along(folder: Path) -> None:
    waits = (
        "import sys, time; from pathlib import Path; from alongside.dev.postgres.embedded import EmbeddedServer\n"
        "server = EmbeddedServer(Path(sys.argv[1])); server.start()\n"
        "print(server.process.pid, flush=True); time.sleep(60)"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", waits, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout
    server = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.communicate()
    until = time.monotonic() + PATIENCE
    while _lives(server):
        assert time.monotonic() < until, "the server goes on without its supervisor"
        time.sleep(0.05)


def _lives(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def test_a_taken_port_is_said_in_one_line(prepared: EmbeddedServer, folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="did not start") as refusal:
        EmbeddedServer(folder, port=prepared.port).start()
    assert "\n" not in str(refusal.value)


def test_the_server_does_not_run_as_root(prepared: EmbeddedServer) -> None:
    assert prepared.process
    assert Path(f"/proc/{prepared.process.pid}").stat().st_uid != 0


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root's folders are closed to the user that the server runs as"
)
def test_roots_private_folder_is_served_from_a_shelter(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with EmbeddedServer(tmp_path / "postgres", durable=False) as server:
        assert ask(server.superuser_url, "SELECT 1") == 1
        assert not server.cluster.is_relative_to(tmp_path)
        assert (tmp_path / "postgres" / "elsewhere").read_text().strip() == str(server.cluster.parent)
    assert tmp_path.stat().st_mode & 0o777 == 0o700, "no folder of root's was opened up"
    subprocess.run(["rm", "-r", str(server.cluster.parent)], check=True)


def test_passwords_are_asked_for_on_both_doors(prepared: EmbeddedServer) -> None:
    for url in (prepared.url, prepared.socket_url):
        assert ask(url("alongside_app", PASSWORDS["alongside_app"], "alongside"), "SELECT 1") == 1
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(url("alongside_app", "guessed", "alongside"), "SELECT 1")


def test_what_the_migrator_makes_belongs_to_the_owner(prepared: EmbeddedServer) -> None:
    migrator = prepared.url("alongside_migrator", PASSWORDS["alongside_migrator"], "alongside")
    owner = "SELECT tableowner::text FROM pg_tables WHERE tablename = 'made'"
    assert ask(migrator, "CREATE TABLE made (x int)", owner) == "alongside_owner"


@pytest.mark.parametrize(
    "forbidden",
    ["CREATE TABLE mine (x int)", "SET ROLE alongside_owner", "CREATE TEMPORARY TABLE mine (x int)"],
)
def test_the_apps_role_owns_and_makes_nothing(prepared: EmbeddedServer, forbidden: str) -> None:
    with pytest.raises(asyncpg.PostgresError):
        ask(prepared.url("alongside_app", PASSWORDS["alongside_app"], "alongside"), forbidden)


def test_no_role_of_ours_passes_by_row_level_security(prepared: EmbeddedServer) -> None:
    question = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'alongside%' AND (rolsuper OR rolbypassrls)"
    assert ask(prepared.superuser_url, question) == 0
