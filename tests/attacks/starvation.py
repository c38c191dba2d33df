"""Measures what one tenant can do to another: `python -m tests.attacks.starvation [--seconds 8] [attack …]`.

Starts PostgreSQL and one web process, and prints for each attack the response times of the other tenant's home page and
the memory of the web process with its children, before and during it. Target: the 95th percentile at most doubles. The
test suite asserts limits and order; times are only printed here, because they depend on the machine.
"""

import argparse
import asyncio
import io
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image

from alongside.features.matching.plans.job import process_plan_queue
from alongside.platform.database.session import Database
from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.security import csrf_token
from tests.databases import (
    SIGNING_KEY,
    DatabaseCopy,
    copy_of_template,
    current_database_server,
    drop,
    start_database_server,
)
from tests.features.directory.form_values import entry
from tests.features.matching.builders import TODAY, posts
from tests.personas import (
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    NORTH,
    NORTHSHIRE,
    OFFICER,
    Persona,
)

VICTIM = HEAD_OF_PARK.twin
EVERY = 0.1
"""Seconds between two requests of the victim."""


@dataclass
class Site:
    """The web process, and headers for requests to it."""

    port: int
    process: Any
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
        found = {}
        for place in Path("/proc").glob("[0-9]*/status"):
            with suppress(OSError):
                lines = dict(line.split(":", 1) for line in place.read_text().splitlines() if ":" in line)
                rss = int(lines.get("VmRSS", "0 kB").split()[0])
                found[int(lines["Pid"])] = (int(lines["PPid"]), rss)
        ours, grown = {self.process.pid}, True
        while grown:
            more = {pid for pid, (parent, _) in found.items() if parent in ours} - ours
            ours, grown = ours | more, bool(more)
        return sum(found[pid][1] for pid in ours if pid in found) / 1024


@dataclass
class Times:
    """The victim's response times and statuses, and the peak memory."""

    seconds: list[float] = field(default_factory=list)
    answers: Counter[Any] = field(default_factory=Counter)
    memory: float = 0.0

    def p95(self) -> float:
        """The 95th percentile in milliseconds."""
        return statistics.quantiles(self.seconds, n=20)[-1] * 1000 if len(self.seconds) > 1 else 0.0

    def shown(self) -> str:
        """Return one half of a line of the table."""
        answers = " ".join(f"{count}×{what}" for what, count in sorted(self.answers.items(), key=str))
        return f"p95 {self.p95():7.0f} ms   max {max(self.seconds) * 1000:7.0f} ms   {self.memory:5.0f} MB   {answers}"


async def watch(site: Site, until: float) -> Times:
    """Send the victim's requests until then."""
    times = Times()
    async with httpx.AsyncClient(base_url=site.url, timeout=60) as http:
        while time.monotonic() < until:
            began = time.monotonic()
            try:
                answer = await http.get("/home", headers=site.headers(VICTIM))
                times.answers[answer.status_code] += 1
            except httpx.HTTPError as problem:
                times.answers[type(problem).__name__] += 1
            times.seconds.append(time.monotonic() - began)
            times.memory = max(times.memory, site.memory())
            await asyncio.sleep(EVERY)
    return times


Act = Callable[[httpx.AsyncClient, int], Awaitable[Any]]


def fields(site: Site) -> tuple[int, Act]:
    """Four anonymous connections, each form a megabyte of 152,700 fields."""
    content = "&".join(f"{number:x}=" for number in range(170_000))[:999_000]
    headers = site.headers(None) | {"content-type": "application/x-www-form-urlencoded"}
    return 4, lambda http, _: http.post("/sign-out", content=content, headers=headers)


def pictures(site: Site) -> tuple[int, Act]:
    """32 uploads at once by four heads, each of 40 million pixels in 131 kB."""
    out = io.BytesIO()
    Image.new("RGB", (6300, 6300), (1, 2, 3)).save(out, "PNG")
    heads = (HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, HEAD_OF_LOCK)

    async def act(http: httpx.AsyncClient, number: int) -> Any:
        one = heads[number % len(heads)]
        return await http.post(
            f"{site.entries[one.name]}/pictures",
            data=site.tokens(one) | {"alternative_text": "A wall"},
            files={"picture": ("a.png", out.getvalue(), "image/png")},
            headers=site.headers(one),
        )

    return 32, act


def workbooks(site: Site) -> tuple[int, Act]:
    """Eight imports at once of a workbook with nine million shared strings in 373 kB."""
    body = workbook(9_000_000)

    async def act(http: httpx.AsyncClient, _: int) -> Any:
        return await http.post(
            "/directory/import",
            data=site.tokens(OFFICER) | {"act": "look"},
            files={"file": ("a.xlsx", body, "application/octet-stream")},
            headers=site.headers(OFFICER),
        )

    return 8, act


def replays(site: Site) -> tuple[int, Act]:
    """Twenty replays of a plan at once."""
    return 20, lambda http, _: http.get(f"{site.plan}/replay", headers=site.headers(LEAD_OF_NORTH))


def headers(site: Site) -> tuple[int, Act]:
    """Four connections, each sending 300 MB of headers."""
    line = b"x-long: " + b"a" * 1_000_000 + b"\r\n"

    async def act(_: httpx.AsyncClient, __: int) -> Any:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        with suppress(OSError):
            writer.write(b"GET / HTTP/1.1\r\nhost: northshire.localhost\r\n")
            for _ in range(300):
                writer.write(line)
                await writer.drain()
            writer.write(b"\r\n")
            return (await reader.readline()).split()[1].decode()
        writer.close()
        return "cut off"

    return 4, act


ATTACKS: dict[str, Callable[[Site], tuple[int, Act]]] = {
    "fields": fields,
    "pictures": pictures,
    "workbooks": workbooks,
    "replays": replays,
    "headers": headers,
}


def workbook(strings: int) -> bytes:
    """Return a workbook of one row and very many shared strings."""
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/work'
        f'sheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" '
        f'ContentType="{kind}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{rels}"><Relationship Id="rId1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="a" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rels}"><Relationship Id="rId1" Type="{office}/work'
        f'sheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{office}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is>'
        "<t>title</t></is></c></row></sheetData></worksheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{"<si><t>a</t></si>" * strings}</sst>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, '<?xml version="1.0"?>' + content)
    return out.getvalue()


async def attack(site: Site, name: str, seconds: float) -> Counter[Any]:
    """Attack for this many seconds; returns the attacker's statuses."""
    parallel, act = ATTACKS[name](site)
    answered: Counter[Any] = Counter()
    print("ready", flush=True)
    until = time.monotonic() + seconds

    async def go(http: httpx.AsyncClient, number: int) -> None:
        while time.monotonic() < until:
            try:
                answer = await act(http, number)
                answered[str(getattr(answer, "status_code", answer))] += 1
            except (httpx.HTTPError, OSError) as problem:
                answered[type(problem).__name__] += 1
                await asyncio.sleep(0.05)

    limits = httpx.Limits(max_connections=parallel)
    async with httpx.AsyncClient(base_url=site.url, timeout=60, limits=limits) as http:
        going = [asyncio.create_task(go(http, number)) for number in range(parallel)]
        await asyncio.wait(going, timeout=seconds + 1)
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
    return answered


async def measured(site: Site, name: str, seconds: float) -> tuple[Times, Times, str]:
    """Measure the victim before and during an attack; also returns the attacker's statuses.

    The attacker is a process of its own with the lowest priority, because a real one has a machine of its own.
    """
    before = await watch(site, time.monotonic() + seconds)
    told = json.dumps({"port": site.port, "entries": site.entries, "plan": site.plan})
    attacker = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "tests.attacks.starvation",
            "--attack",
            told,
            "--seconds",
            str(seconds),
            name,
        ),
        stdout=asyncio.subprocess.PIPE,
    )
    assert attacker.stdout is not None
    await attacker.stdout.readline()
    await asyncio.sleep(1)
    under = await watch(site, time.monotonic() + seconds - 1)
    answered = (await attacker.stdout.read()).decode().strip()
    await attacker.wait()
    return before, under, answered


async def prepare(site: Site, copy: DatabaseCopy) -> None:
    """Create an entry of each head for pictures, and a plan to replay."""
    database = Database(copy.app_url, SIGNING_KEY)
    await posts(database)
    async with httpx.AsyncClient(base_url=site.url, timeout=60) as http:
        for one in (HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, HEAD_OF_LOCK):
            form = entry(act="draft") | site.tokens(one)
            made = await http.post("/directory/entries", data=form, headers=site.headers(one))
            site.entries[one.name] = made.headers["location"]
        form = {"scope": str(NORTH)} | site.tokens(LEAD_OF_NORTH)
        made = await http.post("/plans", data=form, headers=site.headers(LEAD_OF_NORTH))
        site.plan = made.headers["location"]
    await process_plan_queue(database, NORTHSHIRE, TODAY)
    await database.close()


def start(copy: DatabaseCopy) -> Site:
    """Start one web process over a database, as in production."""
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
    process = subprocess.Popen(
        command, env=kept | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return Site(port, process)
        time.sleep(0.1)
    raise SystemExit("the web process does not answer")


async def run(names: list[str], seconds: float) -> None:
    """Run each attack on a new web process, and print a line of the table for it."""
    for name in names:
        copy = await copy_of_template(current_database_server())
        site = start(copy)
        try:
            await prepare(site, copy)
            before, under, answered = await measured(site, name, seconds)
        finally:
            site.process.terminate()
            site.process.wait(20)
            await drop(current_database_server(), copy)
        print(f"{name:10} before  {before.shown()}")
        print(f"{'':10} under   {under.shown()}   {under.p95() / before.p95():.1f} times")
        print(f"{'':10} the attacker was answered {answered}", flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attacks", nargs="*", choices=[[], *ATTACKS])
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--attack", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.attack:
        os.nice(19)
        told = json.loads(given.attack)
        site = Site(told["port"], None, told["entries"], told["plan"])
        answered = asyncio.run(attack(site, given.attacks[0], given.seconds))
        print(dict(answered))
        return
    server = start_database_server()
    try:
        with tempfile.TemporaryDirectory():
            asyncio.run(run(given.attacks or list(ATTACKS), given.seconds))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
