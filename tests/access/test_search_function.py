"""The search function of the database returns no entry and no word from outside the given schools."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.access.expected import directory
from tests.access.rows import Rows, make_rows
from tests.databases import copy_of_template, drop, open_database
from tests.personas import HEAD_OF_MILL, MILL, NORTHSHIRE, PARK, QUAY

FOUND = text(
    "SELECT entry_id FROM search.find('inside', :urns, CURRENT_DATE, :groups, :texts, :shares, :weights, :near,"
    " :likeness, 0, 0.5, 1)"
)
KNOWN = text("SELECT known, alike FROM search.known('inside', :urns, CURRENT_DATE, :typed)")


@pytest.fixture(scope="module")
async def filled(database_server: Any) -> Any:
    """The database as the app's role, with entries of every place, and their names."""
    copy = await copy_of_template(database_server)
    rows = await make_rows(copy)
    database = open_database(copy)
    yield database, rows
    await database.close()
    await drop(database_server, copy)


async def found(database: Any, rows: Rows, urns: list[int] | None, *, by_meaning: bool) -> set[str]:
    """Return the names of the entries that the function finds, by a word in all of them or by similarity."""
    every = [
        token for token, name in rows.names.items() if name.startswith("entry-") and token != f"ZQ-{name}"
    ]
    values = {
        "urns": urns,
        "groups": [] if by_meaning else [0],
        "texts": [] if by_meaning else ["children"],
        "shares": [] if by_meaning else [1.0],
        "weights": [0.1, 0.2, 0.4, 1.0],
        "near": every if by_meaning else [],
        "likeness": [0.9 for _ in every] if by_meaning else [],
    }
    async with database.transaction(NORTHSHIRE) as session:
        return {rows.names[str(one)] for one in await session.scalars(FOUND, values)}


@pytest.mark.parametrize("by_meaning", [False, True], ids=["by words", "by meaning"])
async def test_entries_of_other_schools_are_found_only_when_shown_to_all(
    filled: Any, by_meaning: bool
) -> None:
    """The head of Mill, whose consortium has Mill and Park; and without schools, all of the authority."""
    database, rows = filled
    names = set(rows.names.values())
    verified = directory(HEAD_OF_MILL, names)
    assert await found(database, rows, [MILL, PARK], by_meaning=by_meaning) == verified
    every = await found(database, rows, None, by_meaning=by_meaning)
    assert every > verified and not any("twin" in one for one in every)


async def test_a_word_of_another_school_is_neither_known_nor_suggested(filled: Any) -> None:
    """The word is in one entry of Quay only, which is visible to its consortium only."""
    database, rows = filled
    async with database.transaction(NORTHSHIRE) as session:
        name = "entry-quay-verified-consortium"
        entry_id = next(
            token for token, one in rows.names.items() if one == name and not token.startswith("ZQ")
        )
        await session.execute(
            text("UPDATE directory_entry SET problem = 'kaleidoscope' WHERE id = :id"), {"id": entry_id}
        )
        for typed in ("kaleidoscope", "kaleidoscop"):
            for urns, seen in (([MILL, PARK], False), ([QUAY], True)):
                (row,) = (await session.execute(KNOWN, {"urns": urns, "typed": [typed]})).all()
                assert (row.known or "kaleidoscope" in row.alike) is seen, (typed, urns)
        await session.rollback()
