"""Load generator: `wrk` if it is installed, otherwise a small client in a separate process."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """The result of a load test: requests a second, p50 and p99 in milliseconds, failed requests."""

    per_second: float
    p50: float
    p99: float
    failed: int
    by: str
    cpu: float = 0.0
    """Processor milliseconds of the server for each request, 0 if unknown."""

    def __str__(self) -> str:
        """The text that `make bench` prints."""
        failed = f", {self.failed} FAILED" if self.failed else ""
        cpu = f"   {self.cpu:5.2f} ms of processor each" if self.cpu else ""
        return f"{self.per_second:7,.0f}/s   p50 {self.p50:6.1f} ms   p99 {self.p99:6.1f} ms{cpu}{failed}   ({self.by})"


def put_load_on(url: str, headers: Mapping[str, str], *, connections: int = 16, seconds: int = 8) -> Load:
    """Request a page repeatedly on this many connections."""
    wrk = shutil.which("wrk")
    if wrk is None:
        asked = json.dumps([url, dict(headers), connections, seconds])
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.load", asked], capture_output=True, text=True, check=True
        )
        return Load(**json.loads(done.stdout))
    command = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    failed = sum(int(one) for one in re.findall(r"Non-2xx or 3xx responses: (\d+)", said))
    for errors in re.findall(r"Socket errors: (.+)", said):
        failed += sum(int(one) for one in re.findall(r"\d+", errors))
    per_second = float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])
    return Load(
        per_second,
        _milliseconds(said, "50%"),
        _milliseconds(said, "99%"),
        failed,
        f"wrk, {connections} connections",
    )


def _milliseconds(said: str, which: str) -> float:
    number, unit = re.findall(rf"^\s+{which}\s+([\d.]+)(us|ms|s)", said, re.MULTILINE)[0]
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


async def _ask(
    url: str, headers: Mapping[str, str], until: float, took: list[float], failed: list[int]
) -> None:
    place = urlsplit(url)
    path = f"{place.path}?{place.query}" if place.query else place.path
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    while time.monotonic() < until:
        began = time.perf_counter()
        writer.write(request)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        took.append(time.perf_counter() - began)
        if not answer.startswith(b"HTTP/1.1 2"):
            failed.append(1)
    writer.close()


async def _ourselves(url: str, headers: Mapping[str, str], connections: int, seconds: int) -> Load:
    took: list[float] = []
    failed: list[int] = []
    until = time.monotonic() + seconds
    await asyncio.gather(*(_ask(url, headers, until, took, failed) for _ in range(connections)))
    took.sort()
    p50, p99 = (took[int(len(took) * share)] * 1000 for share in (0.5, 0.99))
    by = f"our own client, {connections} connections"
    return Load(len(took) / seconds, p50, p99, len(failed), by)


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(_ourselves(*json.loads(sys.argv[1]))))))
