"""Schools and people are found however their names are typed, on every page with a search."""

import asyncio

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.features.directory.search.query_parser import parse_query, words_in
from alongside.platform.database.folding import fold_text
from tests.client import Client, words
from tests.databases import DatabaseCopy
from tests.personas import ADMINISTRATOR, HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, MILL, NORTHSHIRE

NAME = "St Étienne’s Church of England Voluntary Aided Primary School, Ashton-in-the-Weir"
TYPED = [
    "St Etienne's",
    "saint etienne",
    "ST. ÉTIENNE’S",
    "St E\u0301tienne",
    "etiennes cofe primary",
    "Etienne C of E",
    "Étienne C.E. Primary",
    "ashton in the weir",
    "Ashton-in-the-Weir",
    "primary etienne",
]
PAGES = [
    ("/schools", ADMINISTRATOR),
    ("/people", ADMINISTRATOR),
    ("/consortium/tracker.csv", LEAD_OF_NORTH),
    ("/needs-and-offers", HEAD_OF_PARK),
]


async def rename(copy: DatabaseCopy) -> None:
    """Give Mill and its head names that are hard to type, and Mill an open need."""
    boss = await asyncpg.connect(copy.superuser_url)
    await boss.execute("SET session_replication_role = replica")
    await boss.execute("UPDATE school SET name = $1 WHERE urn = $2", NAME, MILL)
    await boss.execute(
        "UPDATE person SET name = 'Zoë O’Brien-Łuczak' WHERE authority_id = $1 AND id = $2",
        NORTHSHIRE,
        HEAD_OF_MILL.person_id,
    )
    await boss.execute(
        "INSERT INTO need (authority_id, school_urn, state, title, theme, phase, wanted, success_criteria,"
        " form_of_support, urgency, audience, visible_to_authority_from, posted_at, confirmed_on)"
        " VALUES ($1, $2, 'open', 'Fluency', 'writing', 'primary', 'x', 'y', 'coaching', 'soon', 'everybody',"
        " CURRENT_DATE, now(), CURRENT_DATE)",
        NORTHSHIRE,
        MILL,
    )
    await boss.close()


@pytest.mark.parametrize(("path", "one"), PAGES, ids=[path for path, _ in PAGES])
async def test_a_school_is_found_by_any_spelling(
    client: Client, copy: DatabaseCopy, path: str, one: object
) -> None:
    await rename(copy)
    lost = []
    for typed in TYPED:
        answer = await client.http.get(path, params={"q": typed}, headers=client._headers(one, {}))  # type: ignore[arg-type]
        assert answer.status_code == 200
        if "Ashton-in-the-Weir" not in words(answer):
            lost.append(typed)
    assert lost == []
    for typed in ("%", "_", "etienne secondary", "'"):
        answer = await client.http.get(path, params={"q": typed}, headers=client._headers(one, {}))  # type: ignore[arg-type]
        assert "Ashton-in-the-Weir" not in words(answer), typed


@pytest.mark.parametrize(
    "typed", ["zoe o'brien", "OBRIEN", "Zoe\u0308", "brien luczak", "O’Brien-Łuczak", "obrien łuczak"]
)
async def test_a_person_is_found_by_any_spelling(client: Client, copy: DatabaseCopy, typed: str) -> None:
    await rename(copy)
    for path in ("/people", "/sign-in"):
        headers = client._headers(ADMINISTRATOR if path == "/people" else None, {})
        answer = await client.http.get(path, params={"q": typed}, headers=headers)
        assert "O’Brien-Łuczak" in words(answer), path


@pytest.mark.parametrize("typed", ["901/2001", "9012001", "901 2001", "901-2001", " 901 / 2001 ", str(MILL)])
async def test_a_school_is_found_by_its_numbers(client: Client, typed: str) -> None:
    """URN, and the DfE's number of authority and establishment in every way in which it is written."""
    answer = await client.http.get(
        "/schools", params={"q": typed}, headers=client._headers(ADMINISTRATOR, {})
    )
    assert "Mill Primary School" in words(answer) and "Park Primary School" not in words(answer)


SPELLINGS = [
    NAME,
    *TYPED,
    "Straße & Œuvre",
    "ŁÓDŹ",
    "C. of E.",
    "St.Mary’s R.C.",
    "a\u00a0b",
    "x_%\\'y",
    "ﬁne",
    "Å",
    "",
]


async def test_sql_and_python_fold_alike(copy: DatabaseCopy) -> None:
    boss = await asyncpg.connect(copy.superuser_url)
    different = [
        (one, found, fold_text(one))
        for one in SPELLINGS
        if (found := await boss.fetchval("SELECT folded($1)", one)) != fold_text(one)
    ]
    await boss.close()
    assert different == []


@given(
    texts=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60))
)
@settings(max_examples=60, deadline=None)
def test_sql_and_python_fold_generated_texts_alike(module_database: DatabaseCopy, texts: list[str]) -> None:
    """Accents, ligatures, scripts and punctuation of all of Unicode."""
    assert asyncio.run(_folded(module_database, texts)) == [fold_text(one) for one in texts]


@given(
    texts=st.lists(
        st.text(st.sampled_from("aeZÉß’'.&-  ŁøıСStCofERC\u0301\u1dc4\u20dd\u212a"), max_size=30), min_size=1
    )
)
@settings(max_examples=60, deadline=None)
def test_sql_and_python_fold_names_alike(module_database: DatabaseCopy, texts: list[str]) -> None:
    """What names of schools and people are made of."""
    assert asyncio.run(_folded(module_database, texts)) == [fold_text(one) for one in texts]


async def _folded(copy: DatabaseCopy, texts: list[str]) -> list[str]:
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        rows = await connection.fetch(
            "SELECT folded(one) FROM unnest($1::text[]) WITH ORDINALITY t (one, at)", texts
        )
    finally:
        await connection.close()
    return [row[0] for row in rows]


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("P.E.", "pe"),
        ("S.E.N.D. support", "send support"),
        ("Y4 reading", "year 4 reading"),
        ("year-4 reading", "year 4 reading"),
        ("Yr4 reading", "year 4 reading"),
        ("catchup", "catch-up"),
        ("catch up", "catch-up"),
        ("IT for teachers", "ict for teachers"),
        ("it", "ict"),
    ],
)
def test_words_of_schools_are_understood_in_every_spelling(typed: str, same: str) -> None:
    """Both spellings look for the same ways to say it."""
    jargon = [("PE", "physical education"), ("SEND", "special educational needs"), ("computing", "ICT")]

    def ways(question: str) -> set[tuple[int, str]]:
        return {(part.group, part.text) for part in parse_query(words_in(question), {}, jargon).parts}

    assert ways(typed) == ways(same)
    assert ways(typed)


def test_it_in_a_sentence_stays_a_small_word() -> None:
    assert "ict" not in words_in("how to make it work") and "ict" not in words_in("MAKE IT WORK")
