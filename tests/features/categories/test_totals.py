"""Totals of all schools: other heads read them, and nobody learns the category of one school from them."""

from collections.abc import AsyncIterator, Iterator
from itertools import product

import asyncpg
import pytest

from alongside.features.categories.totals import published
from tests.client import Client, soup, words
from tests.databases import DatabaseCopy
from tests.features.categories.builders import YEAR, put_category
from tests.personas import (
    CHAIR_OF_MILL,
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    MILL,
    NORTHSHIRE,
    PARK,
    SCHOOLS,
)

MOST_SCHOOLS = 24


def compositions(total: int) -> Iterator[tuple[int, int, int]]:
    """Every way in which so many schools can have three categories."""
    for first, second in product(range(total + 1), repeat=2):
        if first + second <= total:
            yield first, second, total - first - second


@pytest.mark.parametrize("total", range(1, MOST_SCHOOLS + 1))
def test_nobody_learns_the_category_of_all_schools_of_a_group(total: int) -> None:
    """Whoever knows the number of schools finds several answers: no number is 1 or 2, and no category has all."""
    shown: dict[tuple[int, ...], list[tuple[int, int, int]]] = {}
    for one in compositions(total):
        row = published(one)
        shown.setdefault(tuple(row or ()), []).append(one)
    for numbers, behind in shown.items():
        if not numbers:
            assert len(behind) >= 3
            continue
        assert all(number % 5 == 0 for number in numbers)
        for place in range(3):
            assert any(one[place] < total for one in behind), (numbers, behind)
            assert {one[place] for one in behind} != {1}, (numbers, behind)


@pytest.fixture
async def owner(copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A connection that inserts rows without triggers."""
    connection = await asyncpg.connect(copy.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


async def _fill(owner: asyncpg.Connection, universal: int, targeted: int, year: str = YEAR) -> None:
    """Give invented schools their categories, in the consortium of Mill."""
    consortium = await owner.fetchval(
        "SELECT consortium_id FROM consortium_membership WHERE authority_id = 901 AND school_urn = $1", MILL
    )
    for number in range(universal + targeted):
        await put_category(
            owner,
            "in_force" if year == YEAR else "superseded",
            urn=100_000 + number,
            year=year,
            category="universal" if number < universal else "targeted",
            consortium_id=consortium,
            authority_id=NORTHSHIRE,
        )


async def test_a_head_reads_rounded_totals_and_no_school(client: Client, owner: asyncpg.Connection) -> None:
    """Eight and four schools read 10 and 5; neither a name of a school nor an exact number is on the page."""
    await _fill(owner, 8, 4)
    await _fill(owner, 4, 8, "2025-26")
    for reader in (HEAD_OF_PARK, CHAIR_OF_MILL):
        answer = await client.get(f"/categories/totals?year={YEAR}", as_=reader)
        page = soup(answer)
        cells = [[one.get_text() for one in row.select("td")] for row in page.select("main tbody tr")]
        assert cells[0][:2] == ["10", "5"], "all primary schools: universal, targeted"
        assert cells[1][:2] == ["10", "5"], "those of the consortium"
        assert cells[2] == ["0", "10", "5", "0"], "more, unchanged, less, in words"
        main = page.select_one("main")
        assert main is not None
        assert not [name for urn, name in SCHOOLS.items() if urn != MILL and name in main.get_text()]
    assert (await client.get("/categories/totals", as_=DELEGATE_OF_MILL)).status_code == 404
    assert "Totals of all schools" in words(await client.get("/categories", as_=HEAD_OF_MILL))


async def test_a_small_group_is_not_shown(client: Client, owner: asyncpg.Connection) -> None:
    await _fill(owner, 3, 2)
    page = words(await client.get("/categories/totals", as_=HEAD_OF_PARK))
    assert page.count("Not shown") == 2


async def test_after_the_totals_a_head_still_reads_no_other_category(
    client: Client, owner: asyncpg.Connection
) -> None:
    """The totals are counted over all schools; the requester of the transaction is the person again."""
    other = await put_category(owner, "in_force", urn=PARK)
    await client.get("/categories/totals", as_=HEAD_OF_MILL)
    assert (await client.get(f"/categories/{other}", as_=HEAD_OF_MILL)).status_code == 404
