"""Saved views of the tracker: only their owner can see them."""

from tests.client import Client, attribute, element, soup, words
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, LEAD_OF_SOUTH


async def keep(client: Client, name: str, **filters: str) -> str:
    """Save a view as the lead of north; returns the redirect's path."""
    answer = await client.post("/consortium/views", {"name": name, **filters}, as_=LEAD_OF_NORTH)
    assert answer.status_code == 303, words(answer)
    return str(answer.headers["location"])


async def test_a_kept_view_is_one_link_away(client: Client) -> None:
    """Filters and order are restored."""
    assert await keep(client, "Quiet ones", quiet="y", sort="-contact") == "/consortium?quiet=y&sort=-contact"
    page = soup(await client.get("/consortium", as_=LEAD_OF_NORTH))
    link = page.find("a", string="Quiet ones")
    assert link is not None and link["href"] == "/consortium?quiet=y&sort=-contact"


async def test_the_same_name_replaces_and_a_removed_view_is_gone(client: Client) -> None:
    """Names are unique per person."""
    await keep(client, "Mine", q="Mill")
    await keep(client, "Mine", q="Park")
    page = soup(await client.get("/consortium", as_=LEAD_OF_NORTH))
    assert [one["href"] for one in page.find_all("a", string="Mine")] == ["/consortium?q=Park"]
    action = attribute(element(page, "form[action*=removal]"), "action")
    assert (await client.post(str(action), as_=LEAD_OF_NORTH)).status_code == 303
    assert "Mine" not in words(await client.get("/consortium", as_=LEAD_OF_NORTH))


async def test_nobody_else_sees_or_removes_it(client: Client) -> None:
    """Another lead and another authority cannot see it; a headteacher has no tracker."""
    await keep(client, "Secret name")
    page = soup(await client.get("/consortium", as_=LEAD_OF_NORTH))
    action = attribute(element(page, "form[action*=removal]"), "action")
    for other in (LEAD_OF_SOUTH, LEAD_OF_NORTH.twin):
        assert "Secret name" not in words(await client.get("/consortium", as_=other))
        assert (await client.post(action, as_=other)).status_code == 404
    assert (await client.post(action, as_=HEAD_OF_MILL)).status_code == 404


async def test_a_view_without_a_name_is_refused_with_the_cure(client: Client) -> None:
    """The error says what to do."""
    answer = await client.post("/consortium/views", {"name": ""}, as_=LEAD_OF_NORTH)
    assert answer.status_code == 422 and "Give the view a name" in words(answer)
