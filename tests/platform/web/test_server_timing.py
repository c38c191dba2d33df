"""Server-Timing tells signed-in people of a demonstration what a page cost, and nobody else."""

import re

from tests.client import Client
from tests.features.needs.form_values import need
from tests.personas import HEAD_OF_MILL

FORM = re.compile(r'db;desc="(\d+) statements?";dur=[\d.]+, render;dur=[\d.]+, total;dur=([\d.]+)')


def statements_of(header: str) -> int:
    """The number of statements in a header."""
    found = FORM.fullmatch(header)
    assert found, header
    return int(found[1])


async def test_a_page_tells_its_statements_and_times(module_client: Client) -> None:
    """The list of needs and offers reads the session and the posts at least, and not dozens of things."""
    answer = await module_client.get("/needs-and-offers", as_=HEAD_OF_MILL)
    assert 2 <= statements_of(answer.headers["server-timing"]) <= 20


async def test_statements_of_writes_are_counted_too(module_client: Client) -> None:
    """SQLAlchemy's statements and typed reads are both counted: posting a need runs more than showing its form."""
    form = await module_client.get("/needs/new", as_=HEAD_OF_MILL)
    posted = await module_client.post("/needs", need(), as_=HEAD_OF_MILL)
    assert posted.status_code == 303
    assert statements_of(posted.headers["server-timing"]) > statements_of(form.headers["server-timing"])


async def test_people_who_are_not_signed_in_are_told_nothing(module_client: Client) -> None:
    """Neither on a public page nor when a page refuses them."""
    for path in ("/good-practice", "/needs-and-offers"):
        assert "server-timing" not in (await module_client.get(path)).headers


async def test_production_tells_nobody(module_client: Client) -> None:
    """The times of a page would help an attacker to guess what it found."""
    app_context = module_client.app.state.app_context
    app_context.demonstration = False
    try:
        answer = await module_client.get("/needs-and-offers", as_=HEAD_OF_MILL)
    finally:
        app_context.demonstration = True
    assert answer.status_code == 200 and "server-timing" not in answer.headers
