"""The first page of each role leads on to what waits in other rooms: cases, plans, entries."""

from alongside.database.session import Database
from alongside.escalations.handling import actions
from tests.client import Client, soup, words
from tests.directory.writing import checked_entry
from tests.escalations.scene import a_case, a_running_case, acting, all_met
from tests.matching.scene import a_plan, posts
from tests.people import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    NORTHSHIRE,
    OFFICER,
    Cast,
)


async def links(client: Client, path: str, as_: Cast) -> dict[str, str]:
    """The links in the main part of a page: what they say, and where they lead."""
    main = soup(await client.get(path, as_=as_)).main
    assert main is not None
    return {" ".join(one.get_text(" ").split()): str(one["href"]) for one in main.find_all("a")}


async def test_the_core_team_hears_of_cases_on_its_first_page(client: Client, database: Database) -> None:
    """How many nobody has taken, with the way to that list; a lead of another consortium hears nothing."""
    await a_case(database)
    assert (await links(client, "/consortium", OFFICER))["1 case that nobody has taken"] == (
        "/cases?show=unassigned"
    )
    assert "case" not in " ".join(await links(client, "/consortium", LEAD_OF_SOUTH)).replace(
        "Raise a case", ""
    )
    assert "Waiting for you" not in words(await client.get("/consortium", as_=OFFICER.twin))


async def test_a_lead_hears_that_a_school_may_come_back(client: Client, database: Database) -> None:
    """With the case behind it."""
    case_id = await a_running_case(database)
    await all_met(database, case_id)
    async with database.fenced(NORTHSHIRE) as session:
        await actions.offer_return(session, acting(OFFICER), case_id)
    found = await links(client, "/consortium", LEAD_OF_NORTH)
    assert (
        found["Mill Primary School: take the school back, or say that it is too early"] == f"/cases/{case_id}"
    )
    assert found["Raise a case"] == "/cases/new"


async def test_a_lead_hears_of_a_plan_to_send_and_of_entries_to_verify(
    client: Client, database: Database
) -> None:
    """Until they are sent and verified."""
    await posts(database)
    where = await a_plan(client, database)
    await checked_entry(client)
    found = await links(client, "/consortium", LEAD_OF_NORTH)
    assert found["The plan for North, which is not sent yet"] == where
    assert found["1 entry of good practice to check or verify"] == "/directory/entries"


async def test_a_head_finds_the_case_about_their_school_on_their_desk(
    client: Client, database: Database
) -> None:
    """Once told of it, with whom to speak; others find nothing."""
    case_id = await a_case(database)
    assert (await links(client, "/desk", HEAD_OF_MILL))["About your school"] == f"/cases/{case_id}"
    assert "To speak with somebody" in words(await client.get(f"/cases/{case_id}", as_=HEAD_OF_MILL))
    assert "About your school" not in await links(client, "/desk", HEAD_OF_PARK)


async def test_an_untold_head_finds_nothing(client: Client, database: Database) -> None:
    """The reason to wait holds on the desk too."""
    await a_case(database, why_wait="The head is ill")
    assert "About your school" not in await links(client, "/desk", HEAD_OF_MILL)
