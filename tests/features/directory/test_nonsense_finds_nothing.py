"""Nonsense finds nothing, with and without similarity in meaning; real searches find what they should."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert, text

from alongside.features.directory.models import DirectoryEntry
from alongside.features.directory.search.actions import embed_pending_entries
from alongside.features.directory.search.embeddings import can_read
from alongside.features.directory.search.queries import SearchFilters, parsed_query, search
from alongside.features.directory.search.query_parser import ALL_OPTIONS
from alongside.platform.database.session import Database
from tests.features.directory.relevance import AT, entries, searches
from tests.features.directory.search_index import VERIFIED, insert_entries, requester
from tests.personas import NORTHSHIRE, OFFICER
from tests.sampling import sampled, size

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
GENERATED = size(300, 1_000)
"""Entries made of sentences of the real ones, because a larger index has more words that nonsense could resemble."""

REAL = 50
"""Real searches that must have one of their best entries among the first ten, where all entries are there."""


def generated() -> list[dict[str, Any]]:
    """Entries with the sentences of the demonstration's and the published ones in another order."""
    random, real = Random(20261127), entries()
    sentences = [text for one in real for text in one["what_we_did"].split(". ") if text]
    return [
        {
            **VERIFIED,
            "authority_id": NORTHSHIRE,
            "title": random.choice(real)["title"],
            "what_we_did": ". ".join(random.sample(sentences, 4))[:3_000],
        }
        for _ in range(GENERATED)
    ]


async def test_nonsense_finds_nothing_among_many_more_entries(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entries(session, entries())
        await session.execute(insert(DirectoryEntry), generated())
        number = await session.scalar(text("SELECT count(*) FROM directory_entry WHERE state = 'verified'"))
        assert number is not None and number > GENERATED
        person, recipe, found = requester(OFFICER), replace(ALL_OPTIONS, meaning=False), {}
        for typed in (*NONSENSE, "phonics"):
            question = await parsed_query(session, person, typed, recipe)
            result = await search(session, person, question, SearchFilters(recipe=recipe))
            found[typed] = 0 if question.empty else len(result.entries)
    assert {typed for typed, number in found.items() if number} == {"phonics"}


@pytest.mark.parametrize("meaning", [False, True])
async def test_nonsense_finds_nothing_and_real_words_find_what_they_should(
    database: Database, meaning: bool
) -> None:
    if meaning and not can_read():
        pytest.skip("the model of the extra “meaning” is not installed")
    assert len(set(NONSENSE)) >= 50
    async with database.transaction(NORTHSHIRE) as session:
        kept = sampled(entries(), 0.4, "entries read for their meaning") if meaning else entries()
        names = await insert_entries(session, kept)
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
    every = [one for part in ("tuning", "held_out") for one in searches(part) if one.kind != "paraphrase"]
    best = {
        one.typed: {name for name, of in one.grades.items() if of == max(one.grades.values())}
        for one in every
    }
    judged = [typed for typed, wanted in best.items() if wanted & set(names.values())]
    right = [typed for typed in judged if best[typed] & set(await found(typed))]
    assert len(right) >= REAL * len(judged) / len(best), sorted(set(judged) - set(right))
