"""A declared interest keeps two schools apart, is known to other features, and is ended only by its person."""

import pytest
from sqlalchemy import text

from alongside.features.interests.queries import schools_of_interest
from alongside.platform.database.session import Database
from tests.client import Client, element, soup, words
from tests.features.matching.builders import TODAY, a_plan, partners, posts
from tests.features.matching.test_keep_schools_apart import lifting
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    TWIN_HEAD_OF_MILL,
    Persona,
)


async def interests_of(database: Database, one: Persona) -> frozenset[int]:
    """The schools in which a person has an interest."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        return await schools_of_interest(session, NORTHSHIRE, one.person_id, TODAY)


async def test_a_declared_interest_keeps_two_schools_apart(client: Client, database: Database) -> None:
    await posts(database)
    form = {"other": str(LOCK), "kind": "governor", "words": ""}
    assert (await client.post("/interests", form, as_=HEAD_OF_MILL)).status_code == 303
    assert (await partners(database, await a_plan(client, database)))["Fluency at Mill"] == "Quay comes"


async def test_a_person_has_an_interest_in_their_own_school_and_in_those_they_declared(
    client: Client, database: Database
) -> None:
    lead = {"other": str(PARK), "kind": "family", "words": ""}
    assert (await client.post("/interests", lead, as_=LEAD_OF_NORTH)).status_code == 303
    assert await interests_of(database, LEAD_OF_NORTH) == {PARK}
    assert await interests_of(database, HEAD_OF_MILL) == {MILL}


async def test_an_interest_is_seen_and_ended_by_its_person_and_seen_by_the_core_team(
    client: Client, database: Database
) -> None:
    form = {"other": str(LOCK), "kind": "governor", "words": ""}
    await client.post("/interests", form, as_=HEAD_OF_MILL)
    assert "Mina Mill" in words(await client.get("/interests", as_=OFFICER))
    assert "Mina Mill" not in element(soup(await client.get("/interests", as_=HEAD_OF_PARK)), "main").text
    where = await lifting(client, "/interests", HEAD_OF_MILL)
    for other in (HEAD_OF_PARK, OFFICER, TWIN_HEAD_OF_MILL):
        assert (await client.post(where, {}, as_=other)).status_code == 404
    assert (await client.post(where, {}, as_=HEAD_OF_MILL)).status_code == 303
    assert await interests_of(database, HEAD_OF_MILL) == {MILL}


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"other": str(LOCK), "kind": "other", "words": ""}, "Say what the interest is"),
        ({"other": "", "kind": "governor"}, "Choose a school from the list"),
        ({"other": str(LOCK), "kind": ""}, "Choose a kind of interest"),
    ],
)
async def test_an_incomplete_declaration_is_refused(
    client: Client, database: Database, form: dict[str, str], error: str
) -> None:
    answer = await client.post("/interests", form, as_=HEAD_OF_MILL)
    assert answer.status_code == 422
    assert error in words(answer)
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert (await session.execute(text("SELECT id FROM declared_interest"))).all() == []
