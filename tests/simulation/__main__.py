"""`make simulate ARGS="--seed 7 --days 365"`: a simulated year, and what it found."""

import asyncio
import sys
from dataclasses import replace

from tests.simulation.clock import library
from tests.simulation.plan import parse
from tests.simulation.report import report
from tests.simulation.year import simulate


def main() -> int:
    """Run the simulation; exit code 1 when a fault was found."""
    plan = replace(parse(description=__doc__ or ""), say=lambda line: print(line, flush=True))
    if library() is None:
        print("libfaketime is needed: apt-get install libfaketime", file=sys.stderr)
        return 2
    year = asyncio.run(simulate(plan))
    print("\n".join(report(year)))
    return 1 if year.faults.counts else 0


if __name__ == "__main__":
    raise SystemExit(main())
