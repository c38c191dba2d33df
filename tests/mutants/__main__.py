"""`make mutants`: runs all mutants, or those whose name or family contains a word, and prints the score."""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants import python, switches
from tests.mutants.mutant import Mutant
from tests.mutants.runner import Runner, Verdict

MEMORY = Path(__file__).with_name("noticed_by.tsv")
"""The mutants of Python, each with a test that notices it, so that a run tries this test first."""


def remembered() -> dict[str, str]:
    """Return the test that noticed each mutant of Python when the file was written."""
    return dict(line.split("\t") for line in MEMORY.read_text().splitlines()) if MEMORY.exists() else {}


def remember(score: "Score") -> None:
    """Write the tests that noticed the mutants of Python."""
    known = {one.name for one in python.python_mutants()}
    kept = {name: test for name, test in remembered().items() if name in known}
    kept |= {
        one.name: verdict.noticed_by for one, verdict in score.all if one.is_switch and verdict.noticed_by
    }
    MEMORY.write_text("".join(f"{name}\t{test}\n" for name, test in sorted(kept.items())))


class Score:
    """Prints each verdict, and the score by family at the end."""

    def __init__(self, *, remembers: bool) -> None:
        self.remembers = remembers
        self.all: list[tuple[Mutant, Verdict]] = []

    def add(self, mutant: Mutant, verdict: Verdict) -> None:
        """Print one verdict."""
        self.all.append((mutant, verdict))
        word = "noticed" if verdict.noticed_by else "NO VERDICT" if verdict.error else "SURVIVED"
        why = (
            f" by {verdict.noticed_by}"
            if verdict.noticed_by
            else f": {verdict.error}"
            if verdict.error
            else ""
        )
        if self.remembers:
            remember(self)
        print(f"{word} {mutant.family}: {mutant.name}{why} ({verdict.seconds:.1f} s)", flush=True)

    @property
    def unnoticed(self) -> list[str]:
        """The mutants that no test noticed."""
        return [f"{one.family}: {one.name}" for one, verdict in self.all if not verdict.noticed_by]

    def table(self) -> str:
        """The score by family and in all, and the survivors by name."""
        run = Counter(one.family for one, _ in self.all)
        noticed = Counter(one.family for one, verdict in self.all if verdict.noticed_by)
        lines = [_line(family, noticed[family], run[family]) for family in sorted(run)]
        lines.append(_line("all", noticed.total(), run.total()))
        return "\n".join([*lines, *(f"not noticed: {one}" for one in self.unnoticed)])


def _line(family: str, noticed: int, run: int) -> str:
    return f"{family:20} {noticed:5} of {run:5}  {100 * noticed / run if run else 0:5.1f} %"


def choose(chosen: argparse.Namespace) -> Sequence[Mutant]:
    """Return the mutants that the command line asks for; needs the database server of the run."""
    from tests.mutants.sql import sql_mutants

    mutants = [*python.python_mutants(), *sql_mutants()]
    if chosen.exactly:
        mutants = [one for one in mutants if one.name in chosen.exactly]
    if chosen.word:
        mutants = [one for one in mutants if any(w in f"{one.family}: {one.name}" for w in chosen.word)]
    if chosen.sample:
        mutants = random.Random(chosen.seed).sample(mutants, min(chosen.sample, len(mutants)))
    if chosen.nearest:
        mutants = [replace(one, tests=nearest(one.tests)) for one in mutants]
    if chosen.nothing:
        mutants = [replace(one, family="control", sql="SELECT 1") for one in mutants]
    if chosen.list:
        print(*(f"{one.family}: {one.name}" for one in mutants), f"{len(mutants)} mutants", sep="\n")
        return []
    return mutants


def nearest(tests: Sequence[str]) -> tuple[str, ...]:
    """The test files, without the folders and without the longest file."""
    return tuple(one for one in tests if one.endswith(".py") and "every_route" not in one)


def main() -> int:
    """Select, run and print mutants. Returns 1 when a mutant was not noticed."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("word", nargs="*", help="only mutants whose name or family holds one of these")
    parser.add_argument("--exactly", action="append", default=[], help="only the mutant with this name")
    parser.add_argument("--sample", type=int, default=0, help="that many, drawn with the seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--nothing", action="store_true", help="control: run the tests and change nothing")
    parser.add_argument(
        "--remember", action="store_true", help="write which tests noticed the mutants of Python"
    )
    parser.add_argument(
        "--nearest", action="store_true", help="try single files only, not whole folders of tests"
    )
    parser.add_argument("--list", action="store_true", help="name them and run none")
    chosen = parser.parse_args()
    switches.install(python.trees())
    score = Score(remembers=chosen.remember)
    runner = Runner(lambda: choose(chosen), score.add, remembered())
    code = pytest.main(["-n0", "-q", "-s", "-p", "no:cacheprovider", "tests/mutants"], plugins=[runner])
    if score.all:
        print(score.table())
    complete = len(score.all) == len(runner.mutants)
    return 0 if complete and not score.unnoticed and code in (0, 5) else 1


if __name__ == "__main__":
    sys.exit(main())
