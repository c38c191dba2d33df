"""Entries that a person may not see do not affect a search, so their words cannot be guessed letter by letter."""

from typing import Any

import pytest
from sqlalchemy import text

from alongside.platform.database.session import Database
from tests.client import Client, soup
from tests.features.directory.search_index import insert_entry
from tests.personas import HEAD_OF_PARK, HEAD_OF_QUAY, LEAD_OF_NORTH, NORTHSHIRE, PARK, QUAY

ARCHIVE = text("UPDATE directory_entry SET state = 'archived', version = version + 1 WHERE id = :id")
FOR_THE_NORTH = {"school_urn": PARK, "visibility": "consortium", "visible_to_authority_from": None}


async def seen(client: Client, typed: str, as_: Any, path: str = "/directory") -> str:
    """A search page without the text of its search box."""
    page = soup(await client.get(f"{path}?q={typed}", as_=as_))
    return " ".join(page.get_text(" ").split())


@pytest.mark.parametrize(
    ("own", "hidden", "typed"),
    [
        ("zielinskaq", "zielinska", "zielinska"),  # matched as a prefix, as long as no entry has it
        ("zielinska", "zielinskka", "zielinskka"),  # corrected, as long as no entry has it
        ("zielinska", "zelinska", "zelinskka"),  # corrected to the closest word
        ("marches", "marching", "marchhing"),  # corrected to a word with another form in a visible entry
    ],
)
async def test_a_word_of_another_consortium_neither_takes_from_a_search_nor_adds_to_it(
    client: Client, database: Database, own: str, hidden: str, typed: str
) -> None:
    """A headteacher of the south sees the same before and after the north lists it, and after it is archived."""
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(session, f"Work with {own}", school_urn=QUAY, visibility="public")
    before = [await seen(client, typed, HEAD_OF_QUAY), await seen(client, typed, None, "/good-practice")]
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(session, f"Capability of {hidden}", **FOR_THE_NORTH)
    after = [await seen(client, typed, HEAD_OF_QUAY), await seen(client, typed, None, "/good-practice")]
    assert after == before
    for one in (HEAD_OF_PARK, LEAD_OF_NORTH):
        assert f"Capability of {hidden}" in await seen(client, typed, one), one.name


async def test_words_that_were_taken_back_are_forgotten(client: Client, database: Database) -> None:
    """An archived entry and its words take part in no search."""
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(session, "Work with zielinskaq", school_urn=QUAY)
        gone = await insert_entry(session, "Capability of zielinska", school_urn=QUAY)
        await session.execute(ARCHIVE, {"id": gone})
    found = await seen(client, "zielinska", HEAD_OF_QUAY)
    assert "Found by: zielinska" in found and "Capability" not in found


async def test_the_public_is_put_right_by_public_words(client: Client, database: Database) -> None:
    """Corrections use the words of public entries only."""
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(session, "Work with zielinska", school_urn=QUAY, visibility="public")
        await insert_entry(session, "Work with okapis", school_urn=QUAY)
    assert "Work with zielinska" in await seen(client, "zielinskka", None, "/good-practice")
    assert "Work with okapis" in await seen(client, "okappis", HEAD_OF_PARK)
    assert "okapis" not in await seen(client, "okappis", None, "/good-practice")
