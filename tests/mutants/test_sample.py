"""Runs a daily sample of the mutants in every test run; `make mutants` runs all of them."""

import os
import random
import re
from datetime import UTC, datetime

import pytest

from tests.databases import DatabaseServer
from tests.mutants.__main__ import run
from tests.mutants.mutant import Mutant
from tests.mutants.python import python_mutants
from tests.mutants.sql import sql_mutants

SEED = int(os.environ.get("ALONGSIDE_MUTANT_SEED", datetime.now(UTC).date().toordinal()))
"""Printed when a mutant survives; set the variable to repeat the same sample."""

FAMILIES = ("transition", "policy", "constraint", "grant", "function")
ROWS = ("tests/access/test_every_row.py", "-k", "agreed")
SEATS = ("tests/features/escalations/test_seats.py",)
LISTS = {
    "src/alongside/features/dashboards/consortium/queries.py in _scope": ROWS,
    "src/alongside/features/directory/queries.py in _of": ROWS,
    "src/alongside/features/directory/queries.py in waiting_entries": ROWS,
    "src/alongside/features/escalations/queries.py in all_escalations_of": SEATS,
    "src/alongside/features/escalations/queries.py in escalations_of": SEATS,
    "src/alongside/features/matching/plans/queries.py in runs_of": ROWS,
}
"""Lists without an id in the path, by file and function, and the tests that compare their rows."""


def lists_without_scope() -> list[Mutant]:
    """The mutants in which a list shows all rows."""
    found = []
    for one in python_mutants():
        where = re.sub(r":\d+ ", " ", one.name).partition(":")[0]
        if where in LISTS and one.name.endswith(("_filter", "schools_within")):
            found.append(Mutant(one.name, one.family, LISTS[where], path=one.path, source=one.source))
    return found


async def test_guards_of_the_database_are_missed_when_they_are_gone(database_server: DatabaseServer) -> None:
    """One mutant of each of three families."""
    drawn = random.Random(SEED)
    mutants = await sql_mutants(database_server)
    families = drawn.sample(FAMILIES, 3)
    sample = [drawn.choice([one for one in mutants if one.family == family]) for family in families]
    assert not run(sample), f"seed {SEED}"


def test_a_list_without_its_scope_is_noticed() -> None:
    """One list, checked by the rows that it shows."""
    drawn = random.Random(SEED)
    assert not run([drawn.choice(lists_without_scope())]), f"seed {SEED}"


def test_there_are_mutants_of_every_kind() -> None:
    """Control: a tool that finds nothing to remove would report no survivor."""
    families = [one.family for one in python_mutants()]
    assert families.count("scope") >= 20
    assert families.count("guard") >= 100
    assert len(lists_without_scope()) == len(LISTS)


@pytest.mark.parametrize("family", FAMILIES)
async def test_the_database_has_guards_of_every_family(database_server: DatabaseServer, family: str) -> None:
    """The same control for the database."""
    assert [one for one in await sql_mutants(database_server) if one.family == family]
