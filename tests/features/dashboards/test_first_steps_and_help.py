"""A new head finds the first steps until they are done or hidden; each role finds its own help from the footer."""

import pytest

from alongside.platform.database.session import Database
from tests.client import Client, element, soup, words
from tests.features.agreements.builders import an_offer
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    OFFICER,
    PARK,
    Persona,
)

OFFER, DETAILS = "Say what your school can offer", "Check your school’s details"


async def steps(client: Client, as_: Persona) -> list[str]:
    """The first steps on a person's home page."""
    page = soup(await client.get("/home", as_=as_))
    return [one.get_text() for one in page.select("#first-steps ~ ol li > a")]


async def test_a_step_goes_when_it_is_done_and_all_can_be_hidden(client: Client, database: Database) -> None:
    before = await steps(client, HEAD_OF_PARK)
    assert before == [DETAILS, OFFER, "Look for good practice", "Add a delegate"]
    async with database.transaction(NORTHSHIRE) as session:
        await an_offer(session, PARK)
    assert OFFER not in await steps(client, HEAD_OF_PARK)
    for _ in range(2):
        answer = await client.post("/home/first-steps", {"step": "details"}, as_=HEAD_OF_PARK)
        assert answer.headers["location"] == "/home"
    assert await steps(client, HEAD_OF_PARK) == ["Look for good practice", "Add a delegate"]
    await client.post("/home/first-steps", {"step": "all"}, as_=HEAD_OF_PARK)
    assert await steps(client, HEAD_OF_PARK) == []
    again = element(soup(await client.get("/help", as_=HEAD_OF_PARK)), "main form[method=post]")
    assert (await client.post(str(again["action"]), {}, as_=HEAD_OF_PARK)).headers["location"] == "/home"
    assert len(await steps(client, HEAD_OF_PARK)) == 3


async def test_the_steps_are_of_one_head_alone(client: Client) -> None:
    await client.post("/home/first-steps", {"step": "all"}, as_=HEAD_OF_PARK)
    assert await steps(client, HEAD_OF_PARK) == []
    assert DETAILS in await steps(client, HEAD_OF_MILL)
    assert "Add a delegate" not in await steps(client, HEAD_OF_MILL), "Mill has a delegate"
    assert await steps(client, DELEGATE_OF_MILL) == []
    assert (await client.post("/home/first-steps", {"step": "sign"}, as_=HEAD_OF_MILL)).status_code == 422


@pytest.mark.parametrize(
    ("reader", "task"),
    [
        (HEAD_OF_MILL, "Both headteachers sign it."),
        (DELEGATE_OF_MILL, "Your headteacher does this"),
        (LEAD_OF_NORTH, "Look for quiet schools, and talk to them."),
        (OFFICER, "Handle an escalation"),
        (ADMINISTRATOR, "End the roles of people who leave."),
    ],
)
async def test_each_role_reads_its_own_help(module_client: Client, reader: Persona, task: str) -> None:
    page = soup(await module_client.get("/privacy", as_=reader))
    assert page.select_one('footer a[href="/help"]') is not None
    answer = await module_client.get("/help", as_=reader)
    assert task in words(answer)
    assert "Who to ask" in words(answer)
    for link in soup(answer).select('main a[href^="/"]'):
        opened = await module_client.get(str(link["href"]), as_=reader)
        assert opened.status_code in (200, 303), link["href"]


async def test_a_visitor_is_not_offered_help(module_client: Client) -> None:
    assert 'href="/help"' not in (await module_client.get("/privacy")).text
