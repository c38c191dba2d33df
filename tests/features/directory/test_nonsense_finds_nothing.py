"""Nonsense finds nothing, with and without similarity in meaning; real searches find what they should."""

from dataclasses import replace

import pytest

from alongside.features.directory.search.actions import embed_pending_entries
from alongside.features.directory.search.embeddings import can_read
from alongside.features.directory.search.queries import SearchFilters, parsed_query, search
from alongside.features.directory.search.query_parser import ALL_OPTIONS
from alongside.platform.database.session import Database
from tests.features.directory.relevance import AT, entries, searches
from tests.features.directory.search_index import insert_entries, requester
from tests.personas import NORTHSHIRE, OFFICER

NONSENSE = (
    *("xyzzy", "qwertzuiop", "asdf", "asdfghjkl", "wuggle frindle", "grobnik", "flibbertigibbet", "zxcvbnm"),
    *(
        "Schulleiterin",
        "Kartoffelsalat",
        "Donaudampfschiff",
        "Unterricht verbessern",
        "aaaaaaaa",
        "x",
        "q",
        "z",
    ),
    *("bbbbbbbbbbbbbbbbbbbbbbbb", "kjhgfdsaqwertyuiopmnbvcxz", "42", "123456789", "3.14159", "1,234.56"),
    *("99999999999999999999", "skjdfh skdjfh", "hjklö", "plonkwurst", "snarfblat", "quibblezorp", "frabjous"),
    *(
        "mimsy borogoves",
        "slithy toves",
        "vorpal",
        "garglefnord",
        "zibbidy",
        "trolololo",
        "hahahaha",
        "foobar",
    ),
    *(
        "bazqux",
        "blah blah blah",
        "ttttttttttt",
        "xkcd",
        "wxyz",
        "uvwxyz",
        "jabberwocky",
        "dsfargeg",
        "fnord",
    ),
    *("poiuytrewq", "mnbvcxz", "blorptastic", "zzzzzz zzzzzz", "Fahrvergnügen", "q7x9k2v4"),
)
REAL = 50
"""Real searches that must have one of their best entries among the first ten."""


@pytest.mark.parametrize("meaning", [False, True])
async def test_nonsense_finds_nothing_and_real_words_find_what_they_should(
    database: Database, meaning: bool
) -> None:
    if meaning and not can_read():
        pytest.skip("the model of the extra “meaning” is not installed")
    assert len(set(NONSENSE)) >= 50
    async with database.transaction(NORTHSHIRE) as session:
        names = await insert_entries(session, entries())
    while meaning:
        async with database.transaction(NORTHSHIRE) as session:
            if not await embed_pending_entries(session, NORTHSHIRE):
                break
    person, recipe = requester(OFFICER), replace(ALL_OPTIONS, meaning=meaning)

    async def found(typed: str) -> list[str]:
        async with database.transaction(NORTHSHIRE, read_only=True) as session:
            question = await parsed_query(session, person, typed, recipe)
            result = await search(session, person, question, SearchFilters(recipe=recipe))
        return [] if question.empty else [names[one.id] for one in result.entries][:AT]

    assert [typed for typed in NONSENSE if await found(typed)] == []
    judged = [one for part in ("tuning", "held_out") for one in searches(part) if one.kind != "paraphrase"]
    right = [
        one.typed
        for one in judged
        if any(one.grades.get(name) == max(one.grades.values()) for name in await found(one.typed))
    ]
    assert len(right) >= REAL, sorted({one.typed for one in judged} - set(right))
