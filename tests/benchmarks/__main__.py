"""`make bench`: one table of what pages cost beside their own SQL and beside other frameworks.

Run `python -m tests.benchmarks [--quick] [--keep] [--no-peers]`. The run is written to var/benchmarks/last.json and
compared with the last kept one; `--keep` keeps it in tests/benchmarks/results and draws the trend for the docs.
"""

import argparse
import logging
import time

import msgspec
import structlog

from tests.benchmarks.bench_matching import MODELS
from tests.benchmarks.bench_matching import measure as solve
from tests.benchmarks.databases import CACHE, BenchmarkServer
from tests.benchmarks.live import live_connections
from tests.benchmarks.results import Run, keep, kept, run_of_today, slower, table
from tests.benchmarks.rounds import Bench
from tests.benchmarks.trend import draw
from tests.features.matching.engine.made import authority

ROUNDS, SECONDS = 9, 420
QUICK_ROUNDS, QUICK_SECONDS = 5, 110
"""The most rounds, and the seconds by the clock after which none is begun: other load may make them long."""

LIVE = 2_000


def run(*, quick: bool, peers: bool) -> Run:
    """Measure everything."""
    began = time.monotonic()
    server = BenchmarkServer()
    try:
        with Bench(server, quick=quick, peers=peers) as bench:
            rows = bench.measured(*((QUICK_ROUNDS, QUICK_SECONDS) if quick else (ROUNDS, SECONDS)))
            figures = bench.figures | bench.memory()
            if not quick:
                web, data = bench.web["large_alone"], bench.data["large_alone"]
                figures |= live_connections(web, data, LIVE)
                figures |= matching()
    finally:
        server.stop()
    figures["Seconds by the clock"] = round(time.monotonic() - began)
    return run_of_today(rows, figures, quick=quick)


def matching() -> dict[str, float | None]:
    """Processor seconds of a plan of 519 schools, by both models; `make bench-matching` has the rest."""
    return {
        f"Plan of 519 schools by {name}, processor s": solve(authority(519, 1, parameters=parameters)).seconds
        for name, parameters in MODELS.items()
    }


def compared(now: Run, before: list[Run]) -> str:
    """What became slower since the last kept run."""
    if not before:
        return "no earlier run is kept"
    last = before[-1]
    found = slower(now, last)
    since = f"since {last.commit} of {last.date}"
    return "\n  ".join([f"slower {since}:", *found]) if found else f"nothing is slower {since}"


def main() -> None:
    """Measure, print, compare and keep."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer pages and rounds, about two minutes")
    parser.add_argument("--keep", action="store_true", help="keep the run for comparison")
    parser.add_argument("--no-peers", action="store_true", help="leave out the other frameworks")
    given = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    now = run(quick=given.quick, peers=not given.no_peers)
    print(table(now))
    print(compared(now, kept()))
    (CACHE / "last.json").write_bytes(msgspec.json.encode(now))
    if given.keep:
        print(f"kept as {keep(now)}")
        draw(kept())


if __name__ == "__main__":
    main()
