"""Home pages link to tasks in other features: escalations, plans, entries."""

from alongside.features.escalations.state_changes import actions
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.features.agreements.builders import a_proposal, an_agreement
from tests.features.directory.form_values import checked_entry
from tests.features.escalations.builders import a_running_escalation, acting, all_met, an_escalation
from tests.features.matching.builders import a_plan, posts
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    NORTH,
    NORTHSHIRE,
    OFFICER,
    SOUTH,
    Persona,
)


async def links(client: Client, path: str, as_: Persona) -> dict[str, str]:
    """The links in the main part of a page: text and path."""
    main = soup(await client.get(path, as_=as_)).main
    assert main is not None
    return {" ".join(one.get_text(" ").split()): str(one["href"]) for one in main.find_all("a")}


async def test_the_core_team_hears_of_escalations_on_its_first_page(
    client: Client, database: Database
) -> None:
    """The number of unassigned escalations with a link; a lead of another consortium sees none."""
    await an_escalation(database)
    assert (await links(client, "/consortium", OFFICER))["1 escalation that nobody has taken"] == (
        "/escalations?show=unassigned"
    )
    assert "escalation" not in " ".join(await links(client, "/consortium", LEAD_OF_SOUTH)).replace(
        "Raise an escalation", ""
    )
    assert "Nothing is due" in words(await client.get("/consortium", as_=OFFICER.twin))


async def test_a_lead_hears_that_a_school_may_come_back(client: Client, database: Database) -> None:
    """The link leads to the escalation."""
    escalation_id = await a_running_escalation(database)
    await all_met(database, escalation_id)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.offer_return(session, acting(OFFICER), escalation_id)
    found = await links(client, "/consortium", LEAD_OF_NORTH)
    assert (
        found["Mill Primary School: take the school back, or say that it is too early"]
        == f"/escalations/{escalation_id}"
    )
    assert found["Raise an escalation"] == "/escalations/new"


async def test_a_lead_hears_of_a_plan_to_send_and_of_entries_to_verify(
    client: Client, database: Database
) -> None:
    """The tasks are shown until the plan is sent and the entries are verified."""
    await posts(database)
    where = await a_plan(client, database)
    await checked_entry(client)
    found = await links(client, "/consortium", LEAD_OF_NORTH)
    assert found["The plan for North, which is not sent yet"] == where
    assert found["1 entry of good practice to check or verify"] == "/directory/entries"


async def test_a_head_finds_the_escalation_about_their_school_on_their_desk(
    client: Client, database: Database
) -> None:
    """Shown with the contact once the head is informed; not shown to others."""
    escalation_id = await an_escalation(database)
    assert (await links(client, "/home", HEAD_OF_MILL))[
        "About your school"
    ] == f"/escalations/{escalation_id}"
    assert "To talk about this escalation" in words(
        await client.get(f"/escalations/{escalation_id}", as_=HEAD_OF_MILL)
    )
    assert "About your school" not in await links(client, "/home", HEAD_OF_PARK)


async def test_an_untold_head_finds_nothing(client: Client, database: Database) -> None:
    """An escalation that the head is not yet informed of is not shown."""
    await an_escalation(database, why_wait="The head is ill")
    assert "About your school" not in await links(client, "/home", HEAD_OF_MILL)


async def test_a_lead_reads_what_is_due_soonest_first_and_nothing_twice(
    client: Client, database: Database
) -> None:
    """A proposal, an agreement to sign and an escalation, each with its day, and the columns of the tracker."""
    await a_proposal(database)
    await an_agreement(database)
    await an_escalation(database)
    page = soup(await client.get("/consortium", as_=LEAD_OF_NORTH))
    cards = [
        " ".join(one.get_text(" ").split()) for one in page.select("#due ~ ol")[0].select("li.alongside-card")
    ]
    assert [one.partition(":")[0] for one in cards] == [
        "Proposal without an answer",
        "Agreement without signatures",
    ]
    assert all(" by " in one for one in cards)
    links = [str(one["href"]) for one in page.select("main h3 a")]
    assert len(links) == len(set(links))
    mill = " ".join(
        row.get_text(" ") for row in page.select("#tracker tr") if "Mill Primary" in row.get_text()
    )
    assert "1, until 1 December 2026" in " ".join(mill.split())
    assert "1, 1 to sign" in " ".join(mill.split())
    assert page.select_one('#tracker td[data-label="Escalations"] a') is not None
    other = soup(await client.get("/consortium", as_=LEAD_OF_SOUTH))
    assert other.select_one('#tracker td[data-label="Escalations"] a') is None


async def test_an_officer_sees_the_work_of_one_consortium(client: Client, database: Database) -> None:
    await a_proposal(database)
    both = words(await client.get("/consortium", as_=OFFICER))
    assert "Proposal without an answer" in both
    assert "Proposal without an answer" in words(
        await client.get(f"/consortium?consortium={NORTH}", as_=OFFICER)
    )
    south = words(await client.get(f"/consortium?consortium={SOUTH}", as_=OFFICER))
    assert "Proposal without an answer" not in south
