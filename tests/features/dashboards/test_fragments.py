"""A list whose filters change by htmx answers with the list alone, which replaces the list in the page."""

import pytest

from tests.client import Client
from tests.personas import LEAD_OF_NORTH, OFFICER

LISTS = (
    "/needs-and-offers",
    "/consortium",
    "/needs",
    "/offers",
    "/agreements",
    "/proposals",
    "/directory",
    "/schools",
    "/escalations",
)


@pytest.mark.parametrize("path", LISTS)
async def test_htmx_gets_the_list_alone(module_client: Client, path: str) -> None:
    who = OFFICER if path == "/escalations" else LEAD_OF_NORTH
    page = await module_client.get(path, who)
    part = await module_client.get(path, who, hx_request="true")
    assert page.status_code == part.status_code == 200
    assert "<html" in page.text and "<html" not in part.text and "<h1" not in part.text
