"""What a colleague does in a case is heard by the core team's open pages, when it is committed, and by nobody else's."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from alongside.escalations.handling.actions import acknowledge_case
from alongside.web.house import House
from alongside.web.live import live_of
from tests.escalations.scene import a_case, acting
from tests.people import HEAD_OF_MILL, LEAD_OF_NORTH, NORTHSHIRE, OFFICER, TWIN_OFFICER
from tests.stage import Copy, app_over
from tests.web.test_live import Open, listening


@pytest.fixture
async def house(copy: Copy) -> AsyncIterator[House]:
    """The house of an app over a database of this test's own."""
    async with app_over(copy) as app:
        present: House = app.state.house
        yield present
        await live_of(present).stop()


def cases(page: Open) -> int:
    """How many times a page was told that there is something new in a case."""
    return "".join(page.heard).count("event: case")


async def test_officers_hear_that_a_case_moved_and_heads_leads_and_the_twin_do_not(house: House) -> None:
    """The word says only that there is something: no id, no school; a board hears posts as before."""
    case_id = await a_case(house.database)
    pages = {one: Open(house, one) for one in (OFFICER, HEAD_OF_MILL, LEAD_OF_NORTH, TWIN_OFFICER)}
    for page in pages.values():
        await listening(page, house)
    async with house.database.fenced(NORTHSHIRE) as session:
        await acknowledge_case(session, acting(OFFICER), case_id)
        before = cases(pages[OFFICER])
        await asyncio.sleep(0.3)
        assert cases(pages[OFFICER]) == before, "not before the commit"
    await pages[OFFICER].until(lambda: cases(pages[OFFICER]) == before + 1)
    await asyncio.sleep(0.3)
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH, TWIN_OFFICER):
        assert cases(pages[one]) == 0, one.name
    assert str(case_id) not in "".join(pages[OFFICER].heard)
    for page in pages.values():
        await page.leave()
