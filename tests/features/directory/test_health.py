"""The directory health page: searches with no results, expiring entries and results; never who searched."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from alongside.features.directory.insights import actions
from alongside.features.directory.insights.actions import A_DAY, record_zero_result_search
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.features.directory.search_index import TODAY, insert_entry, requester
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    QUAY,
    SOUTHSHIRE,
    TWIN_OFFICER,
    Persona,
)


async def missed(database: Database, authority_id: int = NORTHSHIRE) -> Mapping[str, int]:
    """The recorded searches with no results: how many people searched for which words."""
    async with database.transaction(authority_id, read_only=True) as session:
        rows = (
            await session.execute(text("SELECT words, count(*) AS people FROM zero_result_search GROUP BY 1"))
        ).all()
    return {row.words: row.people for row in rows}


async def miss(database: Database, one: Persona, words: str, days: int = 0) -> None:
    """A person searches without results, a number of days from now."""
    person = replace(requester(one), today=TODAY + timedelta(days=days))
    async with database.transaction(one.authority_id) as session:
        await record_zero_result_search(session, person, words, b"k" * 32)


async def test_a_search_that_finds_nothing_is_counted_without_who_and_shown_from_three_people_on(
    client: Client, database: Database
) -> None:
    """A search by two people is hidden; a search by three is shown."""
    for number, one in enumerate((HEAD_OF_MILL, HEAD_OF_QUAY, HEAD_OF_PARK)):
        page = words(await client.get("/directory/insights", as_=OFFICER))
        assert "xylophone lessons" not in page, number
        assert (await client.get("/directory?q=The+Xylophone+LESSONS", as_=one)).status_code == 200
    page = words(await client.get("/directory/insights", as_=LEAD_OF_NORTH))
    assert "xylophone lessons 3" in page
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        rows = (await session.execute(text("SELECT * FROM zero_result_search"))).all()
    assert set(rows[0]._mapping) == {"authority_id", "words", "seeker", "slot", "last_on"}
    assert await missed(database, SOUTHSHIRE) == {}
    assert "xylophone" not in words(await client.get("/directory/insights", as_=TWIN_OFFICER))


async def test_what_one_person_searches_for_again_and_again_is_shown_to_nobody(
    client: Client, database: Database
) -> None:
    """Not after three searches, not on three days, and not when a second person searches."""
    for _ in range(3):
        await client.get("/directory?q=jane+smithers+capability", as_=HEAD_OF_QUAY)
    for days in range(4):
        await miss(database, HEAD_OF_MILL, "jane smithers capability", days)
    assert await missed(database) == {"jane smithers capability": 2}
    for one in (LEAD_OF_NORTH, OFFICER):
        assert "smithers" not in words(await client.get("/directory/insights", as_=one))
    await miss(database, HEAD_OF_PARK, "jane smithers capability")
    assert "jane smithers capability 3" in words(await client.get("/directory/insights", as_=OFFICER))


async def test_no_two_rows_can_be_told_to_be_of_one_person(database: Database) -> None:
    """Without the key, the table reveals neither who searched nor what else they searched for."""
    for typed in ("latin", "cricket", "makaton"):
        await miss(database, HEAD_OF_MILL, typed)
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        rows = (await session.execute(text("SELECT seeker, slot FROM zero_result_search"))).all()
    assert len({row.seeker for row in rows} | {row.slot for row in rows}) == 6
    assert not any(HEAD_OF_MILL.person_id.bytes[:4] in one for row in rows for one in row)


async def test_one_person_fills_no_more_than_their_places_of_a_day(database: Database) -> None:
    """Further searches on that day are not recorded and use nobody else's slots; the next day has new slots."""
    typed = [f"{one}{other}" for one in "abcdef" for other in "abcdef"]
    await asyncio.gather(*(miss(database, HEAD_OF_MILL, one) for one in typed))
    assert 0 < len(await missed(database)) <= A_DAY
    for one in typed:
        await miss(database, HEAD_OF_MILL, one)
    assert len(await missed(database)) == A_DAY
    await miss(database, HEAD_OF_QUAY, "makaton")
    await miss(database, HEAD_OF_MILL, "latin", days=1)
    assert {"makaton", "latin"} < set(await missed(database)) and len(await missed(database)) == A_DAY + 2


async def test_an_authority_keeps_so_many_at_most_and_none_for_longer_than_a_year(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest rows are deleted first; a repeated search counts as new."""
    monkeypatch.setattr(actions, "IN_ALL", 3)
    for days, typed in enumerate(("latin", "cricket", "makaton", "latin", "hydrotherapy")):
        await miss(database, HEAD_OF_MILL, typed, days)
    assert set(await missed(database)) == {"latin", "makaton", "hydrotherapy"}
    await miss(database, HEAD_OF_MILL, "chess", days=368)
    assert set(await missed(database)) == {"hydrotherapy", "chess"}


@pytest.mark.parametrize(
    "typed",
    ["07700 900123", "the and of", "a b c d e f g h", "pupil 4711", "x@y.example", "found", "x" * 90],
)
async def test_what_may_be_about_somebody_or_was_found_is_not_kept(
    client: Client, database: Database, typed: str
) -> None:
    """Numbers, long sentences, and searches with results."""
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(session, "Found by everybody")
    await client.http.get("/directory", params={"q": typed}, headers=client._headers(HEAD_OF_MILL, {}))
    assert not {
        words for words in await missed(database) if words.count(" ") > 5 or any(map(str.isdigit, words))
    }
    assert "found" not in await missed(database)


async def test_a_narrowed_search_that_finds_nothing_is_no_gap(client: Client, database: Database) -> None:
    """The entry may exist for another phase."""
    await client.get("/directory?q=xylophones&phase=primary", as_=HEAD_OF_MILL)
    assert await missed(database) == {}


@pytest.fixture
async def search_index(database: Database) -> Any:
    """Due entries of two consortia, a need without practice, and a need that came from an entry."""
    async with database.transaction(NORTHSHIRE) as session:
        for urn, title in ((MILL, "Old of Mill"), (QUAY, "Old of Quay")):
            await insert_entry(
                session,
                title,
                school_urn=urn,
                themes=["attendance"],
                review_due_on=TODAY + timedelta(days=20),
                listed_at=text("now() - interval '9 days'"),
            )
        await insert_entry(session, "Fresh of Mill", school_urn=MILL, listed_at=text("now()"))
        need = (
            "INSERT INTO need (authority_id, school_urn, addressed_urn, state, title, theme, phase, wanted,"
            " success_criteria, form_of_support, urgency) VALUES (901, :urn, :to, :state, 'Help', :theme, 'primary',"
            " '', '', '', '')"
        )
        for values in (
            {"urn": QUAY, "to": MILL, "state": "draft", "theme": "attendance"},
            {"urn": QUAY, "to": None, "state": "open", "theme": "writing"},
        ):
            await session.execute(text(need), values | {"state": "draft"})
        await session.execute(text("UPDATE need SET state = 'open', version = 2 WHERE theme = 'writing'"))
    return database


async def test_a_lead_sees_their_schools_and_the_core_team_sees_all(
    client: Client, search_index: Any
) -> None:
    """Due entries and gaps between need and practice, limited to each person's scope."""
    north = words(await client.get("/directory/insights", as_=LEAD_OF_NORTH))
    south = words(await client.get("/directory/insights", as_=LEAD_OF_SOUTH))
    team = words(await client.get("/directory/insights", as_=OFFICER))
    assert "Old of Mill" in north and "Old of Quay" not in north and "Fresh of Mill" not in north
    assert "Old of Quay" in south and "Old of Mill" not in south.replace("Old of Mill Mill", "")
    assert "Old of Mill" in team and "Old of Quay" in team
    assert "Writing No practice 1 0" in south and "Writing No practice" not in north
    assert "Old of Mill Mill Primary School 1 0 0 0" in team


async def test_the_page_is_for_those_who_look_after_entries(client: Client, search_index: Any) -> None:
    """Headteachers and the twin authority have no access; the search page links to it for people who do."""
    assert (await client.get("/directory/insights", as_=HEAD_OF_MILL)).status_code == 404
    assert "Old of" not in words(await client.get("/directory/insights", as_=TWIN_OFFICER))
    for one, shown in ((OFFICER, True), (LEAD_OF_NORTH, True), (HEAD_OF_MILL, False)):
        links = soup(await client.get("/directory", as_=one)).select("a[href='/directory/insights']")
        assert bool(links) is shown, one.name
