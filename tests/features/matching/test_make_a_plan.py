"""A lead requests a plan, the worker calculates it, and the page shows its matches and quality."""

from sqlalchemy import text

from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.features.matching.builders import ask, partners, posts, rows, work
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, LEAD_OF_SOUTH, NORTHSHIRE, OFFICER


async def test_a_plan_gives_each_need_a_partner_and_says_how_good_it_is(
    client: Client, database: Database
) -> None:
    await posts(database)
    where = await ask(client)
    assert "A plan is being calculated" in words(await client.get(where, as_=LEAD_OF_NORTH))
    assert await work(database) == 1
    page = words(await client.get(where, as_=LEAD_OF_NORTH))
    assert "Plan for North" in page, page
    assert "2 of 2 needs matched 0 of them already proposed 4 days of support" in page
    for meaningless in ("total match score", "Objective", "upper bound"):
        assert meaningless not in page
    assert set((await partners(database, where)).values()) == {"Quay comes", "Lock comes"}
    assert "it is proven that no other is better" in page
    assert (await client.get(where, as_=OFFICER)).status_code == 200
    for other in (LEAD_OF_SOUTH, HEAD_OF_MILL, LEAD_OF_NORTH.twin):
        assert (await client.get(where, as_=other)).status_code == 404
    [run] = await rows(database, "SELECT * FROM plan_run")
    assert (run.state, run.status, run.attempt, run.progress) == ("done", "optimal", 1, 100)


async def test_the_page_says_what_is_known_of_both_schools_and_what_was_left_out(
    client: Client, database: Database
) -> None:
    """The register lacks percentages for languages and special needs: both are neutral and named."""
    there = await posts(database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "UPDATE school SET pupils = 210, percentage_fsm = 20, urban_rural = NULL, easting = NULL,"
                " northing = NULL"
            )
        )
    where = await ask(client)
    await work(database)
    page = words(await client.get(f"{where}/needs/{there['mill']}", as_=LEAD_OF_NORTH))
    assert "Goes by number of pupils and free school meals." in page
    left_out = "English as an additional language, special educational needs and town or country"
    assert f"Not known for both schools, so it does not change the score: {left_out}." in page
    assert (
        "The register does not say where one of the two is, so it does not raise or lower the score" in page
    )
    assert "Nobody has reviewed its support yet, so it does not raise or lower the score" in page
