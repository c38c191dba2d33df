"""`make mutants`: runs all mutants, or those whose name or family contains a word, and prints the score."""

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Sequence

from tests.databases import current_database_server, start_database_server
from tests.mutants.mutant import Mutant
from tests.mutants.python import python_mutants
from tests.mutants.sql import sql_mutants


def all_mutants() -> list[Mutant]:
    """Every mutant of the database and of Python; needs the database server of a test run."""
    return [*asyncio.run(sql_mutants(current_database_server())), *python_mutants()]


def run(mutants: Sequence[Mutant]) -> list[Mutant]:
    """Run mutants one after another and print each result. Returns the survivors."""
    survived: list[Mutant] = []
    began = time.monotonic()
    for number, one in enumerate(mutants, 1):
        noticed = one.is_noticed()
        survived += [] if noticed else [one]
        print(f"{number}/{len(mutants)} {'noticed ' if noticed else 'SURVIVED'} {one.name}", flush=True)
    seconds = time.monotonic() - began
    print(f"{len(mutants) - len(survived)} of {len(mutants)} noticed in {seconds:.0f} s")
    return survived


def main() -> int:
    """Select, run and print mutants. Returns 1 when a mutant survived."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("word", nargs="*", help="only mutants whose name or family holds one of these")
    parser.add_argument("--sample", type=int, default=0, help="that many, drawn with the seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true", help="name them and run none")
    chosen = parser.parse_args()
    server = start_database_server()
    try:
        mutants = all_mutants()
    finally:
        server.stop()
    if chosen.word:
        mutants = [one for one in mutants if any(w in f"{one.family} {one.name}" for w in chosen.word)]
    if chosen.sample:
        mutants = random.Random(chosen.seed).sample(mutants, min(chosen.sample, len(mutants)))
    if chosen.list:
        print(*(f"{one.family}: {one.name}" for one in mutants), f"{len(mutants)} mutants", sep="\n")
        return 0
    return 1 if run(mutants) else 0


if __name__ == "__main__":
    sys.exit(main())
