"""What the measurements of attacks share: one web process on a processor of its own, and the victim's response times."""

import asyncio
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from alongside.dev.postgres.embedded import EmbeddedServer
from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.security import csrf_token
from tests.databases import SIGNING_KEY, DatabaseCopy
from tests.personas import HEAD_OF_MILL, Persona

CORES = sorted(os.sched_getaffinity(0))
SERVERS, CLIENTS = {CORES[0]}, {CORES[-1]}
"""Web process, its children and PostgreSQL use one processor; the victim's and the attacker's clients the other."""

EVERY = 0.03
"""Seconds between a response to the victim and the next request."""


@contextmanager
def on(cores: set[int]) -> Iterator[None]:
    """Keep this process, and what it starts, on these processors."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass
class Site:
    """The web process, and headers for requests to it."""

    port: int
    process: subprocess.Popen[bytes] | None
    postgresql: int = 0
    entries: dict[str, str] = field(default_factory=dict)
    plan: str = ""

    @property
    def url(self) -> str:
        """The address of the web process."""
        return f"http://127.0.0.1:{self.port}"

    def headers(self, one: Persona | None) -> dict[str, str]:
        """Return headers for a persona, or for a person of the attacker's authority who is not signed in."""
        host = f"{(one or HEAD_OF_MILL).host}:{self.port}"
        made = {"host": host, "origin": f"http://{host}", "sec-fetch-site": "same-origin"}
        return made | ({"cookie": f"{SESSION_COOKIE}={one.token}"} if one else {})

    def tokens(self, one: Persona) -> dict[str, str]:
        """Return the tokens of our forms."""
        return {"csrf_token": csrf_token(one.token), "idempotency_key": uuid4().hex}

    def memory(self) -> float:
        """Return megabytes used by the web process and all its descendants."""
        return sum(_resident(pid) for pid in self._web())

    def processor(self) -> float:
        """Return seconds of processor that web process, its descendants and PostgreSQL have used; 0 if unknown."""
        return sum(_ran(pid) for pid in [*self._web(), *_with_descendants(self.postgresql)])

    async def rest(self) -> None:
        """Wait until the web process and its descendants have ended what they were asked, at most a minute."""
        for _ in range(120):
            before = self.processor()
            await asyncio.sleep(0.5)
            if self.processor() - before < 0.05:
                return

    def stop(self) -> None:
        """End the web process."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)

    def _web(self) -> list[int]:
        assert self.process is not None
        return _with_descendants(self.process.pid)


def _with_descendants(root: int) -> list[int]:
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        with suppress(OSError):
            queue += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return found


def _ran(pid: int) -> float:
    """Return seconds of processor of a process, without its further threads."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return 0.0


def _resident(pid: int) -> float:
    with suppress(OSError):
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


def start(copy: DatabaseCopy, server: EmbeddedServer) -> Site:
    """Start one web process over a database, as in production, on the processor of the servers."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
    settings = {
        "DATABASE_URL": copy.app_url,
        "ALONGSIDE_RLS_SIGNING_KEY": SIGNING_KEY.decode(),
        "ALONGSIDE_SECRET": "s" * 32,
        "ALONGSIDE_DEMONSTRATION": "yes",
    }
    command = [sys.executable, "-m", "alongside.cli", "web", "--port", str(port)]
    with on(SERVERS):
        process = subprocess.Popen(
            command, env=kept | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    for _ in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return Site(port, process, server.process.pid if server.process else 0)
        time.sleep(0.1)
    raise SystemExit("the web process does not answer")


@dataclass
class Answer:
    """A response: its status, its headers in lower case, and the seconds that it took."""

    status: int
    head: bytes
    seconds: float


class Connection:
    """A connection that stays open and costs the client little; it reads only responses with a length."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> None:
        """Connect, unless it is connected."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)

    async def get(self, path: str, headers: dict[str, str]) -> Answer:
        """Request a page. Raises OSError or IncompleteReadError when the connection is cut."""
        await self.open()
        assert self._streams is not None
        reader, writer = self._streams
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        began = time.perf_counter()
        try:
            writer.write(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = re.search(rb"content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)
        except BaseException:
            self.close()
            raise
        if b"connection: close" in head:
            self.close()
        return Answer(int(head.split()[1]), head, time.perf_counter() - began)

    def close(self) -> None:
        """Close it."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


@dataclass
class Times:
    """The response times and statuses of one client, and the peak memory of the web process in megabytes.

    `processor` is what the server's processes used of the processor during each request, whoever they worked for. While
    they have a processor for themselves it equals the time of the response; other programs on the machine lengthen
    the response but not this.
    """

    processor: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    memory: float = 0.0

    def percentile(self, of_hundred: int, measure: str = "seconds") -> float:
        """Return a percentile of the response times, or of `processor`, in milliseconds."""
        values: list[float] = getattr(self, measure)
        return statistics.quantiles(values, n=100)[of_hundred - 1] * 1000 if len(values) > 1 else 0.0

    def add(self, more: "Times") -> None:
        """Add those of another round."""
        self.seconds += more.seconds
        self.processor += more.processor
        self.answers += more.answers
        self.memory = max(self.memory, more.memory)

    def __str__(self) -> str:
        """The text of a line of the table."""
        longest = max(self.seconds, default=0.0) * 1000
        return (
            f"p50 {self.percentile(50):6.1f}   p95 {self.percentile(95):6.1f}   max {longest:7.1f} ms"
            f"   processor p50 {self.percentile(50, 'processor'):6.1f}   p95 {self.percentile(95, 'processor'):6.1f} ms"
            f"   {self.memory:5.0f} MB   {shown(self.answers)}"
        )


def shown(answers: Counter[str]) -> str:
    """Return counts as text."""
    return " ".join(f"{count}×{what}" for what, count in sorted(answers.items())) or "no answer"


async def watch(site: Site, one: Persona, seconds: float, path: str = "/home") -> Times:
    """Request the victim's page again and again."""
    times, until = Times(), time.monotonic() + seconds
    connection = Connection(site.port)
    while time.monotonic() < until:
        before, began = site.processor(), time.perf_counter()
        try:
            answer = await asyncio.wait_for(connection.get(path, site.headers(one)), 60)
            times.answers[str(answer.status)] += 1
        except (OSError, EOFError, TimeoutError) as problem:
            times.answers[type(problem).__name__] += 1
        times.seconds.append(time.perf_counter() - began)
        times.processor.append(site.processor() - before)
        if len(times.seconds) % 10 == 1:
            times.memory = max(times.memory, site.memory())
        await asyncio.sleep(EVERY)
    connection.close()
    return times


def ratios(idle: list[Times], other: list[Times]) -> str:
    """Return how many times longer the 95th percentile is: of all rounds together, and of each pair of rounds."""
    whole = [Times(), Times()]
    for total, rounds in zip(whole, (idle, other), strict=True):
        for one in rounds:
            total.add(one)
    said = []
    for measure, name in (("seconds", "response"), ("processor", "processor")):
        of_all = whole[1].percentile(95, measure) / whole[0].percentile(95, measure)
        pairs = [
            b.percentile(95, measure) / a.percentile(95, measure) for a, b in zip(idle, other, strict=True)
        ]
        each = " ".join(f"{one:.1f}" for one in pairs)
        said.append(f"{name} p95 {of_all:.1f} times (median of pairs {statistics.median(pairs):.1f}: {each})")
    return "   ".join(said)
