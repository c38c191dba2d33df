"""Every GET route for every role in an authority of 519 schools: no error, no page too large, and few statements."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.access.dataset import World
from tests.access.matrix import ACTORS, Route, routes_of
from tests.client import Client, soup
from tests.databases import app_over, drop
from tests.faults.clients import call
from tests.large.locations import SCHOOLS
from tests.large.statements import counted
from tests.large.tenant import copy_of_large
from tests.personas import (
    ADMINISTRATOR,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    OFFICER,
    Persona,
)
from tests.personas import SCHOOLS as CAST_SCHOOLS
from tests.sampling import sampled

MOST_BYTES, MOST_ELEMENTS = 100_000, 1_500
MORE_ACTORS = (HEAD_OF_QUAY, HEAD_OF_LOCK, LEAD_OF_SOUTH)
ALWAYS = (HEAD_OF_MILL, LEAD_OF_NORTH, OFFICER)
"""Each page is opened as these people, and as a sample of the others."""

NOT_HERE = {"/live", "/metrics"}
"""An endless stream, and a path for the operator's own network."""

ELEMENT = re.compile(r"<[a-zA-Z]")


@dataclass(frozen=True)
class Size:
    """The size of one response to one person."""

    path: str
    who: str
    size: int
    elements: int

    @property
    def too_large(self) -> bool:
        """Check whether it is above either limit."""
        return self.size > MOST_BYTES or self.elements > MOST_ELEMENTS


@pytest.fixture(scope="module")
async def large(database_server: Any) -> AsyncIterator[tuple[Client, World]]:
    """A client of the application over a copy of the large authority."""
    copy, world = await copy_of_large(database_server)
    async with app_over(copy) as app:
        yield Client(app), world
    await drop(database_server, copy)


def pages_of(app: Any) -> list[Route]:
    """Every path that can be requested with GET."""
    return [one for one in routes_of(app) if one.method == "GET" and one.path not in NOT_HERE]


def visits(
    pages: Sequence[Route], everybody: Sequence[Persona | None]
) -> Iterator[tuple[Route, Persona | None]]:
    """Who opens which page: a quarter of the others besides `ALWAYS`, or all of them with ALONGSIDE_SAMPLE=all."""
    others = [one for one in everybody if one not in ALWAYS]
    for route in pages:
        chosen = sampled(others, 0.25, f"who opens {route.path}")
        yield from ((route, who) for who in everybody if who in ALWAYS or who in chosen)


async def test_no_page_of_any_role_is_an_error_too_large_or_runs_too_many_statements(
    large: tuple[Client, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most 100 kB of HTML, 1,500 elements and the statements of `statements.MOST`, for every person and page."""
    client, world = large
    sizes: list[Size] = []
    broken: list[str] = []
    everybody = (*ACTORS, *MORE_ACTORS)
    for who in everybody:
        await call(client.app, who, "/privacy")  # marks their sessions as seen, as every few minutes
    most: dict[str, int] = {}
    database = client.app.state.app_context.database
    with counted(database, monkeypatch) as counter:
        for route, who in visits(pages_of(client.app), everybody):
            counter.statements = 0
            answer = await call(client.app, who, route.filled(world, "own"))
            most[route.path] = max(most.get(route.path, 0), counter.statements)
            if complaint := counter.too_many(route.path, refused=answer.status in (403, 404)):
                broken.append(f"{complaint} as {name_of(who)}")
            if answer.status >= 500 and not route.path.startswith("/problems/"):
                broken.append(f"{route.path} as {name_of(who)}: {answer.status}")
            if answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html"):
                elements = len(ELEMENT.findall(answer.text))
                sizes.append(Size(route.path, name_of(who), len(answer.text.encode()), elements))
    sizes.sort(key=lambda one: (-one.size, -one.elements))
    print(len(sizes), "pages; the largest:", *sizes[:5], sep="\n")
    assert not broken, "\n".join(broken)
    assert len(sizes) > 300
    print("statements:", *sorted(most.items(), key=lambda one: -one[1])[:25], sep="\n")
    large_ones = [one for one in sizes if one.too_large]
    assert not large_ones, "\n".join(map(str, large_ones))


def name_of(who: Persona | None) -> str:
    """The name under which a person is reported."""
    return who.name if who else "nobody"


async def test_the_tracker_lists_every_school_once_and_independent_schools_only_as_members(
    large: tuple[Client, World],
) -> None:
    """519 schools and those of the personas, 25 on a page; 66 independent ones are in no consortium."""
    client, _ = large
    rows = (await client.get("/consortium/tracker.csv", as_=OFFICER)).text.splitlines()[1:]
    urns = [int(row.split(",")[0]) for row in rows]
    expected = {*range(700_001, 700_000 + SCHOOLS + 1), *CAST_SCHOOLS}
    assert len(urns) == len(expected) and set(urns) == expected
    seen: list[str] = []
    path: str | None = "/consortium?sort=-needs"
    while path:
        page = soup(await client.get(path, as_=OFFICER))
        shown = [str(one["href"]) for one in page.select("#tracker tbody th a")]
        assert len(shown) <= 25
        seen += shown
        following = page.select_one('#tracker a[rel="next"]')
        path = str(following["href"]) if following else None
    assert sorted(seen) == sorted(f"/schools/{urn}" for urn in urns)


async def test_a_person_beyond_the_first_hundred_is_found_for_a_hold(large: tuple[Client, World]) -> None:
    """The lists of people are limited; a part of a name or email address finds the others."""
    client, _ = large
    last = "00000000-0000-7000-8000-000000700519"
    assert last not in (await client.get("/data-protection", as_=ADMINISTRATOR)).text
    assert last in (await client.get("/data-protection?person=HEAD.519", as_=ADMINISTRATOR)).text
    answer = await client.post("/data-protection/requests", {"about": last, "reason": ""}, as_=ADMINISTRATOR)
    assert answer.status_code == 422 and f'value="{last}" selected' in answer.text
    asked = await client.post(
        "/data-protection/requests", {"about": last, "reason": "Escalation 4"}, as_=ADMINISTRATOR
    )
    assert asked.status_code == 303
