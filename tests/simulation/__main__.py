"""`make simulate ARGS="--seed 7 --days 365"`: a simulated year, and what it found."""

import argparse
import asyncio
import sys
from datetime import date

from tests.simulation.clock import library
from tests.simulation.year import Plan, simulate


def main() -> int:
    """Run the simulation; exit code 1 when a fault was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument(
        "--start", type=date.fromisoformat, default=Plan.start, help="the first day, YYYY-MM-DD"
    )
    parser.add_argument("--schools", default="519,68", help="how many schools each authority has")
    parser.add_argument(
        "--pace", type=float, default=1.0, help="how much people do; 1 is about one act a school and week"
    )
    parser.add_argument("--kills", type=float, default=0.3, help="kills a day, on average")
    parser.add_argument("--size-limit", type=int, default=100_000, help="bytes of HTML that a page may have")
    parser.add_argument(
        "--pages", type=float, default=1.0, help="share of the roles whose pages are opened on a day"
    )
    given = parser.parse_args()
    if library() is None:
        print("libfaketime is needed: apt-get install libfaketime", file=sys.stderr)
        return 2
    sizes = tuple(int(one) for one in given.schools.split(","))
    plan = Plan(
        seed=given.seed, start=given.start, days=given.days, sizes=sizes, pace=given.pace, kills_per_day=given.kills,
        size_limit=given.size_limit,
        pages=given.pages, say=lambda line: print(line, flush=True),
    )  # fmt: skip
    year = asyncio.run(simulate(plan))
    print("\n".join(year.report()))
    return 1 if year.faults.counts else 0


if __name__ == "__main__":
    raise SystemExit(main())
