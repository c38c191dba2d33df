"""What others wrote out of one’s reach changes nothing of a search: no word of it can be asked for, letter by letter."""

from typing import Any

import pytest
from sqlalchemy import text

from alongside.platform.database.session import Database
from tests.client import Client, soup
from tests.features.directory.search_index import shelve
from tests.personas import HEAD_OF_PARK, HEAD_OF_QUAY, LEAD_OF_NORTH, NORTHSHIRE, PARK, QUAY

ARCHIVE = text("UPDATE directory_entry SET state = 'archived', version = version + 1 WHERE id = :id")
FOR_THE_NORTH = {"school_urn": PARK, "visibility": "consortium", "visible_to_authority_from": None}


async def seen(client: Client, typed: str, as_: Any, path: str = "/directory") -> str:
    """What a search shows, but for what was typed into its box."""
    page = soup(await client.get(f"{path}?q={typed}", as_=as_))
    return " ".join(page.get_text(" ").split())


@pytest.mark.parametrize(
    ("own", "hidden", "typed"),
    [
        ("zielinskaq", "zielinska", "zielinska"),  # extended, as long as nobody wrote it
        ("zielinska", "zielinskka", "zielinskka"),  # put right, as long as nobody wrote it
        ("zielinska", "zelinska", "zelinskka"),  # put right to the closest word
        ("marches", "marching", "marchhing"),  # put right to a word, another form of which is within reach
    ],
)
async def test_a_word_of_another_consortium_neither_takes_from_a_search_nor_adds_to_it(
    client: Client, database: Database, own: str, hidden: str, typed: str
) -> None:
    """A head of the south sees the same before and after the north lists it, and after it left the directory."""
    async with database.transaction(NORTHSHIRE) as session:
        await shelve(session, f"Work with {own}", school_urn=QUAY, visibility="public")
    before = [await seen(client, typed, HEAD_OF_QUAY), await seen(client, typed, None, "/good-practice")]
    async with database.transaction(NORTHSHIRE) as session:
        await shelve(session, f"Capability of {hidden}", **FOR_THE_NORTH)
    after = [await seen(client, typed, HEAD_OF_QUAY), await seen(client, typed, None, "/good-practice")]
    assert after == before
    for one in (HEAD_OF_PARK, LEAD_OF_NORTH):
        assert f"Capability of {hidden}" in await seen(client, typed, one), one.name


async def test_words_that_were_taken_back_are_forgotten(client: Client, database: Database) -> None:
    """An entry in the archive takes part in no search, not by its words either."""
    async with database.transaction(NORTHSHIRE) as session:
        await shelve(session, "Work with zielinskaq", school_urn=QUAY)
        gone = await shelve(session, "Capability of zielinska", school_urn=QUAY)
        await session.execute(ARCHIVE, {"id": gone})
    found = await seen(client, "zielinska", HEAD_OF_QUAY)
    assert "Found by: zielinska" in found and "Capability" not in found


async def test_the_public_is_put_right_by_public_words(client: Client, database: Database) -> None:
    """By those of what is public, and by no other."""
    async with database.transaction(NORTHSHIRE) as session:
        await shelve(session, "Work with zielinska", school_urn=QUAY, visibility="public")
        await shelve(session, "Work with okapis", school_urn=QUAY)
    assert "Work with zielinska" in await seen(client, "zielinskka", None, "/good-practice")
    assert "Work with okapis" in await seen(client, "okappis", HEAD_OF_PARK)
    assert "okapis" not in await seen(client, "okappis", None, "/good-practice")
