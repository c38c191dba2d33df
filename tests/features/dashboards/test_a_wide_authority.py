"""Every page of every role works for an authority of 519 schools over 100 km, with correct distances."""

import math
import re
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from bs4 import BeautifulSoup

from tests.access.dataset import World, make_world
from tests.browser.pages import LISTS, THINGS, address
from tests.client import Client, soup, words
from tests.databases import DatabaseServer, app_over, copy_of_template, drop
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_FORD,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    OFFICER,
    Persona,
)
from tests.wide import SCHOOLS_IN_ALL, WIDTH, widen

HEADS = (HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, HEAD_OF_LOCK, HEAD_OF_FORD)
VIEWS = (
    "/needs-and-offers",
    "/needs-and-offers?sort=nearest",
    "/needs-and-offers?sort=urgent",
    "/needs-and-offers?within=60",
    "/needs-and-offers?within=200&sort=nearest",
    "/needs-and-offers/news?since=2020-01-01T00:00:00%2B00:00",
    "/needs-and-offers/news?since=2020-01-01T00:00:00%2B00:00&within=5",
    "/home",
    "/",
)
METRES_PER_MILE = 1609.344


@pytest.fixture(scope="module")
async def wide(database_server: DatabaseServer) -> AsyncIterator[tuple[Client, World]]:
    """A client for a wide authority with one record of every kind."""
    copy = await copy_of_template(database_server)
    world = await make_world(copy.superuser_url)
    await widen(copy.superuser_url)
    async with app_over(copy) as app:
        yield Client(app), world
    await drop(database_server, copy)


@pytest.mark.parametrize("head", HEADS, ids=lambda one: one.name)
async def test_the_first_pages_of_a_head_answer_from_every_corner(
    wide: tuple[Client, World], head: Persona
) -> None:
    """Also beyond 46.3 km, where the squared distance needs more than 32 bits."""
    client, _ = wide
    for path in VIEWS:
        answer = await client.get(path, head)
        assert answer.status_code < 400, (path, answer.status_code)


@pytest.mark.parametrize("path", [*LISTS, *THINGS])
async def test_every_page_answers(wide: tuple[Client, World], path: str) -> None:
    """Every path with an existing record answers."""
    client, world = wide
    things = {
        "role_assignment_id": DELEGATE_OF_MILL.role_assignment_id,
        "person_id": HEAD_OF_FORD.person_id,
        "batch_id": UUID(int=99),
    }
    answer = await client.get(address(path, world.ids["own"] | things), (LISTS | THINGS)[path])
    assert answer.status_code < 500, (path, answer.status_code)


@pytest.mark.parametrize(
    "as_", [HEAD_OF_MILL, LEAD_OF_NORTH, OFFICER, HEAD_OF_SERVICE], ids=lambda one: one.name
)
async def test_lists_answer_for_every_role(wide: tuple[Client, World], as_: Persona) -> None:
    """The list, tracker, map and matching candidates of a wide authority."""
    client, world = wide
    need, offer = world.ids["own"]["need_id"], world.ids["own"]["offer_id"]
    for path in (*VIEWS, "/schools", "/consortium", f"/needs/{need}/shortlist", f"/needs/{need}/proposals/new",
                 f"/offers/{offer}/proposals/new", "/directory?q=reading"):  # fmt: skip
        answer = await client.get(path, as_)
        assert answer.status_code < 500, (path, answer.status_code)


async def test_a_distance_of_62_miles_is_counted_rightly(wide: tuple[Client, World]) -> None:
    """“Within 62 miles” excludes the school at 62.1, “within 63” includes it and shows the distance."""
    client, _ = wide
    near = words(await client.get("/needs-and-offers?kind=need&q=Park&within=62", HEAD_OF_MILL))
    far = words(await client.get("/needs-and-offers?kind=need&q=Park&within=63", HEAD_OF_MILL))
    assert "Need of Park Primary School" not in near
    assert "Need of Park Primary School" in far and "62.1 miles" in far


async def test_the_nearest_come_first_across_the_whole_authority(wide: tuple[Client, World]) -> None:
    """Over all pages the distances increase up to the farthest corner."""
    client, _ = wide
    path: str | None = "/needs-and-offers?kind=need&sort=nearest"
    miles: list[float] = []
    while path is not None:
        page = soup(await client.get(path, HEAD_OF_MILL))
        miles += [float(one) for one in re.findall(r"([\d.]+) miles", words_of(page))]
        following = page.find("a", rel="next")
        path = str(following["href"]) if following else None
    assert len(miles) >= SCHOOLS_IN_ALL - 1
    assert miles == sorted(miles)
    assert math.isclose(miles[-1], math.hypot(WIDTH, WIDTH) / METRES_PER_MILE, abs_tol=0.06)


def words_of(page: BeautifulSoup) -> str:
    """The visible text of a page."""
    return " ".join(page.get_text(" ").split())
