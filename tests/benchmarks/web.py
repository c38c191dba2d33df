"""A web process of the app or of a peer, requests to it, and what they cost."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

from alongside.dev.postgres.embedded import free_port
from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.security import csrf_token
from alongside.web_server import listen
from tests.benchmarks import processor
from tests.databases import SIGNING_KEY, DatabaseCopy
from tests.personas import HEAD_OF_MILL, Persona

CONNECTIONS = 2
PATIENCE = 120.0
Form = Mapping[str, object]


@dataclass(frozen=True)
class Server:
    """One process that listens on a port of this machine."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid


@contextmanager
def app_on(copy: DatabaseCopy) -> Iterator[Server]:
    """The app over a database copy in one process, as `alongside web` serves it in production."""
    environment = os.environ | {
        "DATABASE_URL": copy.app_url,
        "ALONGSIDE_RLS_SIGNING_KEY": SIGNING_KEY.decode(),
        "ALONGSIDE_SECRET": "s" * 32,
        "ALONGSIDE_DEMONSTRATION": "no",
    }
    port = free_port()
    sock = listen("127.0.0.1", port)
    command = [sys.executable, "-m", "alongside.cli", "web", "--descriptor", str(sock.fileno())]
    with started(command, environment, port, [sock.fileno()]) as server:
        sock.close()
        yield server


@contextmanager
def started(
    command: Sequence[str], environment: Mapping[str, str], port: int, descriptors: Sequence[int] = ()
) -> Iterator[Server]:
    """Start a server, and end it."""
    process = subprocess.Popen(
        command,
        env=dict(environment),
        pass_fds=descriptors,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Server(port, process)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def request(path: str, one: Persona | None, form: Form | None = None) -> bytes:
    """An HTTP request of a persona, or signed out; a POST when there is a form."""
    host = (one or HEAD_OF_MILL).host
    lines = [f"host: {host}"]
    if one is not None:
        lines.append(f"cookie: {SESSION_COOKIE}={one.token}")
    if form is None:
        return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode()
    tokens = {"csrf_token": csrf_token(one.token), "idempotency_key": uuid4().hex} if one else {}
    body = urlencode({**form, **tokens}, doseq=True).encode()
    lines += [
        f"origin: http://{host}",
        "sec-fetch-site: same-origin",
        "content-type: application/x-www-form-urlencoded",
        f"content-length: {len(body)}",
    ]
    return "\r\n".join([f"POST {path} HTTP/1.1", *lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Answer:
    """A response: status, header lines, body."""

    status: int
    head: str
    body: bytes


class Connection:
    """A connection that is opened again when the server closes it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def send(self, request: bytes) -> Answer:
        """Send one request and read the whole response."""
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = re.search(r"content-length: (\d+)", head)
        body = await (self.reader.readexactly(int(length[1])) if length else self.reader.read())
        if length is None or "connection: close" in head:
            self.close()
        return Answer(int(head.split()[1]), head, body)

    def close(self) -> None:
        """Close it."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


async def _send_all(port: int, requests: Sequence[bytes]) -> list[Answer]:
    waiting = list(reversed(requests))
    answers: list[Answer] = []

    async def send() -> None:
        connection = Connection(port)
        while waiting:
            answers.append(await connection.send(waiting.pop()))
        connection.close()

    await asyncio.gather(*(send() for _ in range(min(CONNECTIONS, len(requests)))))
    return answers


def send(server: Server, requests: Sequence[bytes]) -> list[Answer]:
    """Send all requests on a few connections. Raises RuntimeError for an error status."""
    answers = asyncio.run(_send_all(server.port, requests))
    for one in answers:
        if one.status not in (200, 303):
            raise RuntimeError(f"{one.status}: {one.body[-2000:].decode(errors='replace')}")
    return answers


def wait_for(server: Server, request: bytes) -> Answer:
    """The first answer of a server that has just been started. Raises RuntimeError if it ends or is silent."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.process.poll() is None:
        with suppress(OSError, asyncio.IncompleteReadError):
            return send(server, [request])[0]
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")


@dataclass(frozen=True)
class Used:
    """Processor seconds of one request: of the web process and of PostgreSQL; and of the unit of work then."""

    web: float
    database: float
    unit: float

    @property
    def total(self) -> float:
        """Both."""
        return self.web + self.database


def measure(server: Server, postmaster: int, requests: Sequence[bytes]) -> Used:
    """What these requests cost, divided by their number."""
    unit = processor.unit_of_work()
    web, database = processor.of_tree(server.pid), processor.of_postgres(postmaster)
    send(server, requests)
    web, database = processor.of_tree(server.pid) - web, processor.of_postgres(postmaster) - database
    unit = (unit + processor.unit_of_work()) / 2
    return Used(web / len(requests), database / len(requests), unit)
