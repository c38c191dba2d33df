"""Measures what one tenant can do to another: `python -m tests.attacks.starvation [--pairs 4] [--seconds 4] [attack …]`.

Starts PostgreSQL and one web process on one processor. The clients of the victim and of the attacker run on another:
a real attacker has a machine of its own, and must not take the server's processor by running beside it. The attacker
has the lowest priority, so that the victim's client is not what waits.

Measured are the seconds from sending a request for the victim's home page, on an open connection, to the last byte of
the response, and what the server's processes used of the processor in that time. On a quiet machine both grow alike;
where other programs use the server's processor, only the second says what the attack adds. A first round of each kind
is not counted, because a process compiles its templates when they are first used. Rounds alternate (idle, attacked, control), because other programs may use the machine: compare ratios.
In a control round the attacker asks for a page as often, and on as many connections, as it was answered under attack:
what is then slower comes from the number of requests and not from what they hold. Printed are response times, the
memory of the web process with its children, and how the attacker was answered. Target: the 95th percentile at most
doubles. The test suite asserts limits and order; times are only printed here, because they depend on the machine.
"""

import argparse
import asyncio
import io
import json
import os
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
from PIL import Image

from alongside.dev.postgres.embedded import EmbeddedServer
from alongside.features.matching.plans.job import process_plan_queue
from alongside.platform.database.session import Database
from tests.attacks.measuring import CLIENTS, CORES, SERVERS, Site, Times, on, ratios, shown, start, watch
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
)

VICTIM = HEAD_OF_PARK.twin
ROUNDS = ("idle", "attacked", "control")

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

    async def act(_http: httpx.AsyncClient, _number: int) -> Any:
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


async def attack(site: Site, act: Act, parallel: int, seconds: float, rate: float) -> Counter[str]:
    """Attack for this many seconds, at most `rate` times a second; returns the attacker's statuses."""
    answered: Counter[str] = Counter()
    until = time.monotonic() + seconds

    async def go(http: httpx.AsyncClient, number: int) -> None:
        while time.monotonic() < until:
            next_at = time.monotonic() + parallel / rate
            try:
                answer = await act(http, number)
                answered[str(getattr(answer, "status_code", answer))] += 1
            except (httpx.HTTPError, OSError) as problem:
                answered[type(problem).__name__] += 1
                await asyncio.sleep(0.05)
            await asyncio.sleep(max(0.0, next_at - time.monotonic()))

    limits = httpx.Limits(max_connections=parallel)
    async with httpx.AsyncClient(base_url=site.url, timeout=60, limits=limits) as http:
        going = [asyncio.create_task(go(http, number)) for number in range(parallel)]
        _, unanswered = await asyncio.wait(going, timeout=seconds + 0.5)
        for task in unanswered:
            answered["not answered"] += 1
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
    return answered


def attacker(site: Site, name: str) -> None:
    """Attack whenever a line with a round, its seconds and its rate comes in; answers with the statuses."""
    os.nice(19)
    parallel, act = ATTACKS[name](site)
    ordinary = site.headers(HEAD_OF_MILL)
    acts: dict[str, Act] = {
        "attacked": act,
        "control": lambda http, _: http.get("/needs-and-offers", headers=ordinary),
    }
    print("ready", flush=True)
    for line in sys.stdin:
        kind, seconds, rate = line.split()
        answered = asyncio.run(attack(site, acts[kind], parallel, float(seconds), float(rate)))
        print(json.dumps(answered), flush=True)


class Measurement:
    """The rounds of one attack."""

    def __init__(self, site: Site, name: str, seconds: float) -> None:
        self.site, self.name, self.seconds = site, name, seconds
        self.times: dict[str, list[Times]] = {kind: [] for kind in ROUNDS}
        self.answers: dict[str, Counter[str]] = {kind: Counter() for kind in ROUNDS}
        self.rate = 1.0

    async def run(self, pairs: int) -> None:
        """Run the rounds in turn, with the attacker as a process of its own."""
        site = json.dumps({"port": self.site.port, "entries": self.site.entries, "plan": self.site.plan})
        attacking = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.attacks.starvation", "--attack", site, self.name),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert attacking.stdin is not None
        assert attacking.stdout is not None
        await attacking.stdout.readline()
        for number in range(-1, pairs):
            for kind in ROUNDS:
                await self.site.rest()
                if kind != "idle":
                    rate = 1e9 if kind == "attacked" else self.rate
                    attacking.stdin.write(f"{kind} {self.seconds + 0.5} {rate}\n".encode())
                    await asyncio.sleep(0.5)
                times, answered = await watch(self.site, VICTIM, self.seconds), Counter[str]()
                if kind != "idle":
                    answered = Counter(json.loads(await attacking.stdout.readline()))
                    self.rate = max(1.0, answered.total() / (self.seconds + 0.5))
                if number >= 0:
                    self.times[kind].append(times)
                    self.answers[kind] += answered
        attacking.stdin.close()
        await attacking.wait()

    def print(self, memory: float) -> None:
        """Print the table; `memory` is that of the web process before, in megabytes."""
        for kind in ROUNDS:
            whole = Times()
            for one in self.times[kind]:
                whole.add(one)
            print(f"{self.name:10} {kind:9} {whole}")
            if kind != "idle":
                print(f"{'':20} {ratios(self.times['idle'], self.times[kind])}")
                print(f"{'':20} the attacker was answered {shown(self.answers[kind])}")
        print(f"{'':10} memory before {memory:.0f} MB, after {self.site.memory():.0f} MB", flush=True)


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


async def run(server: EmbeddedServer, names: list[str], pairs: int, seconds: float) -> None:
    """Run each attack on a new web process, and print its table."""
    for name in names:
        copy = await copy_of_template(current_database_server())
        site = start(copy, server)
        try:
            await prepare(site, copy)
            await watch(site, VICTIM, 1)
            memory, measurement = site.memory(), Measurement(site, name, seconds)
            await measurement.run(pairs)
            measurement.print(memory)
        finally:
            site.stop()
            await drop(current_database_server(), copy)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attacks", nargs="*", choices=[[], *ATTACKS])
    parser.add_argument("--pairs", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--attack", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.attack:
        site = json.loads(given.attack)
        attacker(Site(site["port"], None, 0, site["entries"], site["plan"]), given.attacks[0])
        return
    if len(CORES) < 2:
        print("There is one processor only: the attacker's client takes time from the server.")
    with on(SERVERS):
        server = start_database_server()
    try:
        with on(CLIENTS):
            asyncio.run(run(server, given.attacks or list(ATTACKS), given.pairs, given.seconds))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
