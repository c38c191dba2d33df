"""A sample of the mutants in every run of the suite, drawn by the day; `make mutants` runs all of them."""

import os
import random
from datetime import UTC, datetime

import pytest

from tests.mutants.__main__ import run
from tests.mutants.mutant import Mutant
from tests.mutants.python import python_mutants
from tests.mutants.sql import sql_mutants
from tests.stage import Stage

SEED = int(os.environ.get("ALONGSIDE_MUTANT_SEED", datetime.now(UTC).date().toordinal()))
"""Printed when a mutant survives; set the variable to draw the same sample again."""

FAMILIES = ("transition", "policy", "constraint", "grant", "function")
ROWS = "tests/access/test_every_row.py"
LISTS = (
    "desks/consortium/queries.py",
    "directory/queries.py",
    "matching/runs/queries.py",
    "escalations/queries.py",
    "needs/queries.py",
    "offers/queries.py",
)
"""Where lists without an id in the address get their scope."""


def lists_without_scope() -> list[Mutant]:
    """The mutants in which a list shows whatever there is."""
    wanted = (
        "answer schools_within",
        "answer reach_clause",
        "answer consortium_clause",
        "answer case_clause",
    )
    return [
        one
        for one in python_mutants()
        if one.path.removeprefix("src/alongside/") in LISTS and one.name.endswith(wanted)
    ]


async def test_guards_of_the_database_are_missed_when_they_are_gone(stage: Stage) -> None:
    """One of each family."""
    drawn = random.Random(SEED)
    mutants = await sql_mutants(stage)
    sample = [drawn.choice([one for one in mutants if one.family == family]) for family in FAMILIES]
    assert not run(sample), f"seed {SEED}"


def test_a_list_without_its_scope_is_noticed() -> None:
    """One list, by the rows that it shows."""
    drawn = random.Random(SEED)
    one = drawn.choice(lists_without_scope())
    narrow = Mutant(one.name, one.family, (ROWS, "-k", "agreed"), path=one.path, source=one.source)
    assert not run([narrow]), f"seed {SEED}"


def test_there_are_mutants_of_every_kind() -> None:
    """The control: a tool that finds nothing to remove would find no survivor either."""
    families = [one.family for one in python_mutants()]
    assert families.count("scope") >= 20
    assert families.count("guard") >= 100
    assert len(lists_without_scope()) >= 5


@pytest.mark.parametrize("family", FAMILIES)
async def test_the_database_has_guards_of_every_family(stage: Stage, family: str) -> None:
    """The same for the database."""
    assert [one for one in await sql_mutants(stage) if one.family == family]
