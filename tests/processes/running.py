"""Starts processes of the product, with nothing imported beforehand."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from alongside.dev.postgres.embedded import free_port
from tests.databases import SIGNING_KEY, TENANTS, DatabaseCopy
from tests.patience import PATIENCE


def environment(copy: DatabaseCopy, **other: str) -> dict[str, str]:
    """Return the environment of a process of the product, with nothing of this test run."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "DATABASE_URL": copy.app_url,
        "ALONGSIDE_RLS_SIGNING_KEY": SIGNING_KEY.decode(),
        "ALONGSIDE_SECRET": "s" * 32,
        "ALONGSIDE_TENANTS": str(TENANTS),
        "ALONGSIDE_BASE_URL": "https://{host}",
        **other,
    }


@dataclass(frozen=True)
class Said:
    """The exit code of a command, and its output."""

    code: int
    text: str


def command(environment: Mapping[str, str], *words: object, answer: str = "") -> Said:
    """Run `alongside …` in a process of its own until it ends."""
    done = subprocess.run(
        [sys.executable, "-m", "alongside.cli", *map(str, words)],
        env=dict(environment),
        input=answer,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Said(done.returncode, done.stdout + done.stderr)


@dataclass
class Running:
    """A process of the product that runs until it is stopped, with its output so far."""

    process: subprocess.Popen[bytes]
    log: Path

    def text(self) -> str:
        """All its output."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def running(environment: Mapping[str, str], folder: Path, *words: str) -> Iterator[Running]:
    """Run a process with these words after the interpreter (`-m alongside.cli worker`), stopped with the block."""
    log = folder / "process.log"
    with log.open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, *words],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Running(process, log)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def serving(
    copy: DatabaseCopy, folder: Path, *words: str, **other: str
) -> Iterator[tuple[Running, httpx.Client]]:
    """Run `alongside web` or `run` with these words on a free port, ready to answer."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (
        running(
            environment(copy, **other), folder, "-m", "alongside.cli", *words, "--port", str(port)
        ) as started,
        httpx.Client(base_url=address, timeout=PATIENCE) as http,
    ):
        until = time.monotonic() + PATIENCE
        while not _ready(http):
            assert started.process.poll() is None and time.monotonic() < until, started.text()
            time.sleep(0.1)
        yield started, http


def _ready(http: httpx.Client) -> bool:
    try:
        return http.get("/health/ready", headers={"host": "northshire.localhost"}).status_code == 200
    except httpx.HTTPError:
        return False


async def fetch(copy: DatabaseCopy, sql: str, *values: Any) -> list[Any]:
    """Return rows of a database, read as its superuser."""
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        return list(await connection.fetch(sql, *values))
    finally:
        await connection.close()


async def eventually(copy: DatabaseCopy, sql: str, started: Running, *values: Any) -> None:
    """Wait until a statement returns true; fail with the output of the process if it does not in time."""
    until = time.monotonic() + PATIENCE
    while not (await fetch(copy, sql, *values))[0][0]:
        assert started.process.poll() is None and time.monotonic() < until, started.text()
        await asyncio.sleep(0.2)
