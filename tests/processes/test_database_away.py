"""Commands when PostgreSQL is unreachable, too old or rejects the login: one sentence and no traceback."""

import asyncio
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import asyncpg
import pytest

from tests.databases import TENANTS, DatabaseCopy, DatabaseServer
from tests.features.schools.extract import register_text, school
from tests.personas import SCHOOLS
from tests.processes.running import Said, command, environment, running


class OldServer(StreamRequestHandler):
    """A server that answers every connection as PostgreSQL 15 does."""

    def handle(self) -> None:
        """Welcome, with the version, then ready for queries."""
        (length,) = struct.unpack(">I", self.rfile.read(4))
        if length == 8:  # requests TLS first
            self.rfile.read(4)
            self.wfile.write(b"N")
            (length,) = struct.unpack(">I", self.rfile.read(4))
        self.rfile.read(length - 4)
        self._say(b"R", struct.pack(">I", 0))
        for name, value in ((b"server_version", b"15.4"), (b"client_encoding", b"UTF8")):
            self._say(b"S", name + b"\0" + value + b"\0")
        self._say(b"K", struct.pack(">II", 1, 1))
        self._say(b"Z", b"I")
        self.rfile.read(1)

    def _say(self, kind: bytes, body: bytes) -> None:
        self.wfile.write(kind + struct.pack(">I", len(body) + 4) + body)


@contextmanager
def old_server() -> Iterator[str]:
    """The address of a server that reports PostgreSQL 15."""
    with ThreadingTCPServer(("127.0.0.1", 0), OldServer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"postgresql://alongside_app:x@127.0.0.1:{server.server_address[1]}/alongside"
        server.shutdown()


def in_one_sentence(said: Said, cure: str) -> None:
    """Check for exit code 1, a message of a line or two, and no traceback."""
    assert said.code == 1 and cure in said.text, said
    assert "Traceback" not in said.text and len(said.text.splitlines()) < 5, said.text


def broken(copy: DatabaseCopy) -> dict[str, tuple[str, str]]:
    """Return addresses without a usable database, and the message for each."""
    wrong = copy.app_url.replace(":app@", ":wrong@")
    return {
        "closed port": ("postgresql://alongside_app:x@127.0.0.1:1/x", "cannot be reached"),
        "unknown name": ("postgresql://alongside_app:x@nowhere.invalid/x", "cannot be reached"),
        "no socket": ("postgresql://alongside_app:x@/x?host=/nowhere", "cannot be reached"),
        "wrong password": (wrong, "refuses this role or its password"),
        "unknown database": (copy.app_url.replace(copy.name, "nowhere"), "no database of this name"),
    }


@pytest.mark.parametrize(
    "what", ["closed port", "unknown name", "no socket", "wrong password", "unknown database"]
)
async def test_every_kind_of_trouble_is_one_sentence(copy: DatabaseCopy, what: str) -> None:
    url, cure = broken(copy)[what]
    said = await asyncio.to_thread(command, environment(copy, DATABASE_URL=url), "audit", "verify")
    in_one_sentence(said, cure)
    assert "wrong@" not in said.text and ":x@" not in said.text
    migrating = environment(copy, ALONGSIDE_MIGRATOR_URL=url)
    in_one_sentence(await asyncio.to_thread(command, migrating, "migrate"), cure)


@pytest.mark.parametrize(
    "words",
    [
        "authority plan northshire",
        "consortia assign {places} --authority northshire",
        "directory import {entries} --authority northshire",
        "directory export {out} --authority northshire",
        "people appoint --authority northshire --name Ada --email a@b.example",
        "schools import {register} --authority northshire",
        "web --port 0",
        "run --port 0",
    ],
)
async def test_every_command_says_it_in_one_sentence(copy: DatabaseCopy, tmp_path: Path, words: str) -> None:
    files = {name: tmp_path / f"{name}.csv" for name in ("places", "entries", "out", "register")}
    files["places"].write_text("urn,consortium\n990005,north\n", encoding="utf-8")
    files["entries"].write_text("title\nReading\n", encoding="utf-8")
    files["register"].write_bytes(
        register_text(*(school(urn, name) for urn, name in SCHOOLS.items())).encode()
    )
    url, _ = broken(copy)["closed port"]
    here = environment(copy, DATABASE_URL=url)
    said = await asyncio.to_thread(command, here, *words.format(**files).split())
    in_one_sentence(said, "cannot be reached")


async def test_an_old_server_is_named(
    copy: DatabaseCopy, database_server: DatabaseServer, tmp_path: Path
) -> None:
    """Before any query, also by migrate; the worker does not wait for a newer one."""
    with old_server() as url:
        here = environment(copy, DATABASE_URL=url, ALONGSIDE_MIGRATOR_URL=url)
        for words in (["audit", "verify"], ["migrate"], ["worker"], ["web", "--port", "0"]):
            said = await asyncio.to_thread(command, here, *words)
            in_one_sentence(said, "PostgreSQL 18 or newer is needed")
    assert TENANTS.is_dir()


async def test_a_database_without_schema_is_named(copy: DatabaseCopy) -> None:
    empty = f"{copy.name}_empty"
    boss = await asyncpg.connect(copy.superuser_url)
    await boss.execute(f"CREATE DATABASE {empty}")
    try:
        here = environment(copy, DATABASE_URL=copy.app_url.replace(copy.name, empty))
        in_one_sentence(await asyncio.to_thread(command, here, "audit", "verify"), "“alongside migrate”")
    finally:
        await boss.execute(f"DROP DATABASE {empty} WITH (FORCE)")
        await boss.close()


AHEAD = (
    "import sys, datetime as d, alongside.worker.main as rounds\n"
    "shift = d.timedelta(days=float(sys.argv[1]))\n"
    "ahead = type('Ahead', (d.datetime,), {'now': classmethod(lambda cls, tz=None: d.datetime.now(tz) + shift)})\n"
    "rounds.datetime = ahead\n"
    "sys.argv = ['alongside', 'worker']\n"
    "from alongside.cli import main; main()\n"
)
"""`alongside worker` on a machine whose clock is so many days ahead."""


@pytest.mark.parametrize(("days", "works"), [("3", False), ("-3", False), ("0.001", True)])
async def test_a_worker_with_a_wrong_clock_does_nothing(
    copy: DatabaseCopy, tmp_path: Path, days: str, works: bool
) -> None:
    """Three days ahead it ran all jobs of those days and sent 287 emails."""
    boss = await asyncpg.connect(copy.superuser_url)
    await boss.execute(
        "INSERT INTO email_outbox (authority_id, person_id, to_address, subject, body)"
        " SELECT authority_id, id, 'x@x.example', 's', 'b' FROM person"
    )
    here = environment(copy, ALONGSIDE_DEMONSTRATION="yes")
    unsent = "SELECT count(*) FROM email_outbox WHERE state = 'waiting'"
    before = await boss.fetchval(unsent)
    with running(here, tmp_path, "-c", AHEAD, days) as started:
        for _ in range(80):
            await asyncio.sleep(0.25)
            if "clock refused" in started.text() or await boss.fetchval(unsent) < before:
                break
        assert ("clock refused" in started.text()) is not works, started.text()
        await boss.execute(  # called out by a commit, it does nothing either
            "SELECT pg_notify('alongside_work', authority_id::text) FROM authority"
        )
        await asyncio.sleep(1)
    assert (await boss.fetchval(unsent) < before) is works, started.text()
    assert (await boss.fetchval("SELECT count(*) FROM scheduled_job_run") > 0) <= works
    await boss.close()
