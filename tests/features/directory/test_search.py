"""Search for good practice: results limited to what the person may see, whatever they type."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from alongside.features.directory.search.actions import embed_pending_entries
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.databases import DatabaseCopy, app_over, open_database
from tests.features.directory.search_index import insert_entry
from tests.personas import (
    ADMINISTRATOR,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    SOUTHSHIRE,
)


@pytest.fixture(scope="module")
async def search_index(module_database: DatabaseCopy) -> AsyncIterator[Database]:
    """A directory of a few entries, some with limited visibility."""
    database = open_database(module_database)
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(
            session,
            "Keep-up phonics on the same afternoon",
            school_urn=MILL,
            themes=["early_reading"],
            phases=["primary"],
            key_stages=["ks1"],
            problem="Children who stumbled on a new sound met it again only a week later.",
            what_we_did="Assistants take four children for **ten minutes** after lunch. <script>alert(1)</script>",
            checked_level=3,
            cost_pence=40000,
            term="2025-26_autumn",
        )
        await insert_entry(
            session,
            "Breakfast for everyone",
            school_urn=QUAY,
            themes=["disadvantage"],
            phases=["primary"],
            problem="Children were hungry at nine.",
            what_we_did="Bagels at the gate and a free breakfast club.",
            checked_level=1,
            cost_pence=0,
        )
        await insert_entry(
            session,
            "Secret zebra project of the north",
            school_urn=PARK,
            themes=["attendance"],
            visibility="consortium",
            visible_to_authority_from=None,
            problem="Attendance of zebras",
        )
        await insert_entry(
            session, "A draft about quaggas", school_urn=MILL, state="draft", verified_edition=None
        )
    async with database.transaction(SOUTHSHIRE) as session:
        await insert_entry(session, "Phonics of the twin: okapi", authority_id=SOUTHSHIRE, school_urn=MILL)
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def client(module_database: DatabaseCopy, search_index: Database) -> AsyncIterator[Client]:
    """A browser on that directory."""
    async with app_over(module_database) as app:
        yield Client(app)


def titles(answer: Any) -> list[str]:
    """The titles of the results, in order."""
    return [" ".join(one.get_text().split()) for one in soup(answer).select(".alongside-card__title")]


async def find(client: Client, query: str, as_: Any = HEAD_OF_MILL) -> Any:
    """Search as a user would."""
    answer = await client.get(f"/directory?{query}", as_=as_)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize(
    "typed",
    [
        "phonics",
        "keep up PHONICS!",
        "fonics",
        "phonnics",
        "letter sounds",
        "early reading",
        "Mill Primary School",
        "stumbl",
        "“phonics” AND (lunch | !",
    ],
)
async def test_an_entry_is_found_by_what_a_head_types(client: Client, typed: str) -> None:
    """Words, misspellings, jargon, prefixes, the school's name, and any punctuation around them."""
    answer = await client.http.get(
        "/directory", params={"q": typed}, headers=client._headers(HEAD_OF_MILL, {})
    )
    assert titles(answer)[:1] == ["Keep-up phonics on the same afternoon"], words(answer)


async def test_what_was_put_right_is_told_only_where_it_stands_in_what_was_found(client: Client) -> None:
    """A word of an entry that the person cannot see is never suggested."""
    assert "These were found by phonics" in words(await find(client, "q=fonics"))
    assert "zebra" in words(await find(client, "q=zebrra", HEAD_OF_PARK))
    for other in (HEAD_OF_QUAY, HEAD_OF_MILL.twin):
        assert "zebra " not in words(await find(client, "q=zebrra", other)).lower()


async def test_why_it_was_found_is_shown_and_nothing_that_somebody_wrote_runs(client: Client) -> None:
    """Search terms are marked, Markdown markup is gone, and a script is shown as text."""
    answer = await find(client, "q=lunch")
    assert [one.get_text() for one in soup(answer).select("mark")] == ["lunch"]
    assert "Found by: lunch" in words(answer)
    assert "**" not in words(answer) and not soup(answer).select(".alongside-card script")


async def test_lists_narrow_and_their_numbers_say_what_is_left(client: Client) -> None:
    """Each choice shows its number of results; evidence means “at least”; choices without results are left out."""
    page = soup(await find(client, "theme=early_reading"))
    options = {one["value"]: one.get_text() for one in page.select("select#evidence option")}
    assert options == {
        "": "All",
        "1": "Self-reported (1)",
        "2": "Observed by a peer (1)",
        "3": "Measured (1)",
    }
    themes = [one["value"] for one in page.select("select#theme option")]
    assert themes == ["", "early_reading", "disadvantage", "attendance"]
    assert titles(await find(client, "evidence=2")) == ["Keep-up phonics on the same afternoon"]
    assert titles(await find(client, "cost=nothing")) == ["Breakfast for everyone"]
    assert titles(await find(client, "term=autumn&phase=primary&key_stage=ks1")) == [
        "Keep-up phonics on the same afternoon"
    ]


@pytest.mark.parametrize("typed", ["the and of", "& | ! ( ) : *", "'", "\\", "’’’", "!!!", "<->", "%_%"])
async def test_a_search_without_a_word_to_go_by_says_so_and_shows_everything(
    client: Client, typed: str
) -> None:
    """Stop words only, or punctuation only."""
    answer = await client.http.get(
        "/directory", params={"q": typed}, headers=client._headers(HEAD_OF_MILL, {})
    )
    assert answer.status_code == 200 and "is too general to search for" in words(answer)
    assert len(titles(answer)) == 3


async def test_nothing_found_offers_a_need_with_what_was_looked_for(client: Client) -> None:
    """One click from no results to a pre-filled need."""
    answer = await find(client, "q=xylophones&theme=attendance")
    assert "0 entries" in words(answer) and titles(answer) == ["Secret zebra project of the north"]
    assert "Other entries" in words(answer)
    assert titles(await find(client, "q=xylophones&theme=attendance", HEAD_OF_QUAY)) == []
    (link,) = [one["href"] for one in soup(answer).select("a.govuk-button") if "needs" in one["href"]]
    assert link == "/needs/new?title=xylophones&theme=attendance"
    form = await client.get(link, as_=HEAD_OF_MILL)
    assert soup(form).select_one("input[name=title]")["value"] == "xylophones"  # type: ignore[index]


async def test_the_narrowed_list_that_is_empty_leads_back_to_what_there_is(client: Client) -> None:
    """The page blames the filters, not the search."""
    answer = await find(client, "q=phonics&cost=nothing")
    assert "Without the filters, there are 1 entry" in words(answer)
    assert soup(answer).select_one(".alongside-empty a")["href"] == "/directory?q=phonics"  # type: ignore[index]


@pytest.mark.parametrize(
    ("query", "cure"),
    [
        (f"q={'a' * 201}", "200 characters or fewer"),
        ("theme=alchemy", "Not a valid choice"),
        ("page=0", "Pages go from 1 to 40"),
        ("page=99999999999999", "Pages go from 1 to 40"),
    ],
)
async def test_what_cannot_be_searched_by_is_named_and_what_was_typed_stays(
    client: Client, query: str, cure: str
) -> None:
    """Status 422 with an error that says what to do."""
    answer = await client.get(f"/directory?{query}", as_=HEAD_OF_MILL)
    assert answer.status_code == 422 and cure in words(answer), words(answer)


async def test_an_htmx_request_gets_the_found_part_only(client: Client) -> None:
    """The same list, without the surrounding page."""
    answer = await client.get("/directory?q=phonics", as_=HEAD_OF_MILL, hx_request="true")
    assert answer.text.lstrip().startswith('<div id="found"') and titles(answer)


@pytest.mark.parametrize("query", ["", "q=zebra", "q=attendance", "q=project+north", "theme=attendance"])
async def test_another_consortiums_entry_shows_in_no_result_and_no_number(client: Client, query: str) -> None:
    """Park's entry is for the north: a headteacher of the south and the twin authority find no trace of it."""
    assert "Secret zebra project of the north" in titles(await find(client, query, HEAD_OF_PARK))
    assert "Secret zebra project of the north" in titles(await find(client, query, OFFICER))
    for other in (HEAD_OF_QUAY, HEAD_OF_LOCK, HEAD_OF_MILL.twin):
        answer = await find(client, query, other)
        text = words(answer)
        assert "Secret" not in text and "Attendance (" not in text, other.name


async def test_the_number_of_entries_is_of_what_one_may_see(client: Client) -> None:
    """North sees three, south two, the twin authority its own one, and nobody a draft."""
    for one, number in ((HEAD_OF_MILL, 3), (HEAD_OF_QUAY, 2), (HEAD_OF_MILL.twin, 1), (OFFICER, 3)):
        answer = await find(client, "", one)
        assert len(titles(answer)) == number
        assert ("1 entry" if number == 1 else f"{number} entries") in words(answer)
    for hidden in ("quaggas", "okapi"):
        assert "0 entries" in words(await find(client, f"q={hidden}"))


async def test_who_has_no_part_in_the_directory_is_kept_out(client: Client) -> None:
    """The account administrator and a person who is not signed in."""
    assert (await client.get("/directory", as_=ADMINISTRATOR)).status_code == 404
    assert (await client.get("/directory")).status_code == 303


async def test_a_paraphrase_is_found_by_its_meaning(client: Client, search_index: Database) -> None:
    """Not one word in common: with the model installed, it is found."""
    pytest.importorskip("onnxruntime")
    while True:
        async with search_index.transaction(NORTHSHIRE) as session:
            if not await embed_pending_entries(session, NORTHSHIRE):
                break
    answer = await find(client, "q=pupils+come+with+empty+stomachs+in+the+morning")
    assert titles(answer)[:1] == ["Breakfast for everyone"]
    assert "Close in meaning" in words(answer)
    for other in (HEAD_OF_QUAY, HEAD_OF_MILL.twin):
        assert "zebra" not in words(await find(client, "q=striped+animals+of+the+savannah", other))
