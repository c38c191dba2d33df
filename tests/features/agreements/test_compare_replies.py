"""A head compares the replies to a need side by side, and accepts one; the balance of the fund is shown."""

import re
from uuid import UUID

from alongside.features.agreements.proposing.actions import propose
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.databases import DatabaseCopy
from tests.features.agreements.builders import a_need, acting, an_offer, terms
from tests.features.needs.stored_rows import change_school
from tests.personas import (
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
)


async def two_replies(database: Database) -> UUID:
    """Two days of Park and three of Quay, proposed for a need of Mill."""
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session)
        for urn, head, days in ((PARK, HEAD_OF_PARK, "2"), (QUAY, HEAD_OF_QUAY, "3")):
            offer_id = await an_offer(session, urn)
            await propose(session, acting(head), need_id, offer_id, terms(days))
    return need_id


async def test_a_head_compares_the_replies_and_accepts_one(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    need_id = await two_replies(database)
    await change_school(copy, MILL, easting=358_000, northing=405_000)
    await change_school(copy, PARK, easting=358_000, northing=408_219)
    await change_school(copy, QUAY, easting=None, northing=None)
    where = f"/needs/{need_id}/replies"
    page = await client.get(where, as_=HEAD_OF_MILL)
    rows = {
        row.select("th a")[0].get_text(): " ".join(row.get_text(" ").split())
        for row in soup(page).select("tbody tr")
    }
    assert set(rows) == {"Park Primary School", "Quay Primary School"}
    park, quay = rows["Park Primary School"], rows["Quay Primary School"]
    assert "Pat Park, headteacher 2 miles 2 days 11 January to 19 March 2027" in park
    assert "The support is agreed: 2 days between 11 January 2027 and 19 March 2027" in park
    assert "Not known 3 days" in quay
    accept = re.search(
        r'action="(/proposals/[^"]+/acceptance)".*?name="version" value="(\d+)"', page.text, re.DOTALL
    )
    assert accept is not None
    answer = await client.post(accept[1], {"version": accept[2]}, as_=HEAD_OF_MILL)
    assert answer.headers["location"].startswith("/agreements/")
    assert "No reply waits for an answer" in words(await client.get(where, as_=HEAD_OF_MILL))


async def test_only_the_school_that_asked_and_its_leads_compare(client: Client, database: Database) -> None:
    where = f"/needs/{await two_replies(database)}/replies"
    for reader in (LEAD_OF_NORTH, OFFICER):
        page = await client.get(where, as_=reader)
        assert "Quay Primary School" in words(page)
        assert "/acceptance" not in page.text
    for other in (HEAD_OF_PARK, HEAD_OF_QUAY, HEAD_OF_LOCK, LEAD_OF_SOUTH, HEAD_OF_MILL.twin):
        assert (await client.get(where, as_=other)).status_code == 404


async def test_home_lists_two_replies_once(client: Client, database: Database) -> None:
    need_id = await two_replies(database)
    page = words(await client.get("/home", as_=HEAD_OF_MILL))
    assert page.count("Compare the replies and choose one: Fluency in Year 2") == 1
    assert "Answer a proposal" not in page
    assert (
        f'href="/needs/{need_id}/replies"' in (await client.get(f"/needs/{need_id}", as_=HEAD_OF_MILL)).text
    )
    async with database.transaction(NORTHSHIRE) as session:
        other = await a_need(session, LOCK, title="Reading at Lock")
        await propose(session, acting(HEAD_OF_PARK), other, await an_offer(session), terms())
    assert "Answer a proposal: Reading at Lock" in words(await client.get("/home", as_=HEAD_OF_LOCK))
