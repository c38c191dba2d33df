"""Runs a sample of the mutants in every test run; `make mutants` runs all of them."""

import random
import subprocess
import sys
from collections import Counter

from tests.databases import DatabaseServer
from tests.mutants.__main__ import remembered
from tests.mutants.mutant import ROOT
from tests.mutants.python import python_mutants
from tests.mutants.sql import sql_mutants
from tests.sampling import SEED

FAMILIES = ("transition", "policy", "constraint", "grant", "function", "row-level security")
SHORT = ("tests/features/", "tests/workflow/", "tests/platform/")
"""The tests that a sample of Python may use: those of the access matrix take longer."""


def run(*options: str) -> str:
    """Run mutants on the database server of this test run, and return what the tool printed."""
    command = [sys.executable, "-m", "tests.mutants", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return f"seed {SEED}, exit status {done.returncode}\n{done.stdout}{done.stderr}"


def exactly(*names: str) -> list[str]:
    """The options that choose mutants by name."""
    return [option for name in names for option in ("--exactly", name)]


def python_with_a_short_test() -> list[str]:
    """The mutants of Python that a test of one feature has noticed, as far as both still have these names."""
    known = remembered()
    found = [one.name for one in python_mutants() if known.get(one.name, "").startswith(SHORT)]
    return [one for one in found if _exists(known[one])]


def _exists(test: str) -> bool:
    path, _, name = test.partition("::")
    file = ROOT / path
    return file.exists() and f"def {name.partition('[')[0].rpartition('::')[2]}(" in file.read_text()


def test_removed_guards_are_noticed(database_server: DatabaseServer) -> None:
    """One mutant of each of three families of the database, and two of Python."""
    drawn = random.Random(SEED)
    families = drawn.sample(FAMILIES, 3)
    mutants = sql_mutants()
    names = [drawn.choice([one.name for one in mutants if one.family == family]) for family in families]
    names += drawn.sample(python_with_a_short_test(), 2)
    output = run(*exactly(*names))
    assert output.count("\nnoticed ") == len(names), output


def test_a_mutant_that_changes_nothing_is_not_noticed(database_server: DatabaseServer) -> None:
    """Control: an error of the tool must not count as a noticed mutant."""
    output = run("--nothing", *exactly("policy authority_only of need", "trigger allowed_transition of need"))
    assert output.count("\nSURVIVED control") == 2, output


def test_there_are_mutants_of_every_kind(database_server: DatabaseServer) -> None:
    """Control: a tool that finds nothing to remove would report no survivor. Names are unique."""
    mutants = [*python_mutants(), *sql_mutants()]
    families = Counter(one.family for one in mutants)
    assert families["scope"] >= 20
    assert families["guard"] >= 100
    assert families["access"] >= 10
    assert all(families[one] for one in FAMILIES)
    assert len({one.name for one in mutants}) == len(mutants)
    assert len(python_with_a_short_test()) >= 10
