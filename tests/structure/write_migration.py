"""Writes a migration's file of SQL from the models: `python -m tests.structure.write_migration 0003`.

What the models declare and no other migration makes goes into the file of the number given. A table that an earlier
migration made and that has changed since is named: its ALTER is for the migration's ALTERATIONS, written by hand.
"""

import re
import sys
from pathlib import Path

from alongside.database.schema import BETWEEN, statements_in
from alongside.tables import statements

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
MADE_BY_HAND = re.compile(r'op\.create_table\(\s*"(\w+)"')
CREATE_TABLE = re.compile(r"\s*CREATE TABLE (\w+)")


def tables_in(script: list[str]) -> set[str]:
    """The tables that these statements make."""
    return {found[1] for one in script if (found := CREATE_TABLE.match(one))}


def write(number: str) -> None:
    """Write the file of one migration anew."""
    [target] = VERSIONS.glob(f"{number}_*.sql")
    others = [one for file in VERSIONS.glob("*.sql") if file != target for one in statements_in(file)]
    by_hand = {name for file in VERSIONS.glob("*.py") for name in MADE_BY_HAND.findall(file.read_text())}
    known, there = set(others), tables_in(others)
    new = []
    for statement in (one.strip() for one in statements()):
        if statement in known or any(re.search(rf"\b{name}\b", statement) for name in by_hand):
            continue
        if tables_in([statement]) & there:
            print(f"{tables_in([statement])} has changed: write its ALTER into ALTERATIONS.")
            continue
        new.append(statement)
    target.write_text(BETWEEN.join(new) + "\n" if new else "")
    print(f"{target.name}: {len(new)} statements")


if __name__ == "__main__":
    write(sys.argv[1])
