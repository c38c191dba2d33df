"""Live updates: the core team's open pages are notified of a committed change, nobody else's."""

from collections.abc import AsyncIterator

import pytest

from alongside.features.escalations.state_changes.actions import acknowledge_escalation
from alongside.platform.web.context import AppContext
from alongside.platform.web.server_sent_events import live_of
from tests.databases import DatabaseCopy, app_over
from tests.features.escalations.builders import acting, an_escalation
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, NORTHSHIRE, OFFICER, TWIN_OFFICER
from tests.platform.web.test_live import Open, listening


@pytest.fixture
async def app_context(copy: DatabaseCopy) -> AsyncIterator[AppContext]:
    """The application context over this test's own database."""
    async with app_over(copy) as app:
        present: AppContext = app.state.app_context
        yield present
        await live_of(present).stop()


def escalations(page: Open) -> int:
    """How many live updates a page has received."""
    return "".join(page.heard).count("event: escalation")


async def test_officers_hear_that_an_escalation_moved_and_heads_leads_and_the_twin_do_not(
    app_context: AppContext,
) -> None:
    """The word says only that there is something: no id, no school; a board hears posts as before."""
    escalation_id = await an_escalation(app_context.database)
    pages = {one: Open(app_context, one) for one in (OFFICER, HEAD_OF_MILL, LEAD_OF_NORTH, TWIN_OFFICER)}
    await listening(*pages.values())
    before = {one: escalations(page) for one, page in pages.items()}
    async with app_context.database.transaction(NORTHSHIRE) as session:
        await acknowledge_escalation(session, acting(OFFICER), escalation_id)
        await pages[OFFICER].has_heard_all()
        assert escalations(pages[OFFICER]) == before[OFFICER], "not before the commit"
    await pages[OFFICER].until(lambda: escalations(pages[OFFICER]) == before[OFFICER] + 1)
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH, TWIN_OFFICER):
        await pages[one].has_heard_all()
        assert escalations(pages[one]) == before[one], one.name
    for one in (HEAD_OF_MILL, LEAD_OF_NORTH):
        assert escalations(pages[one]) == 0, one.name
    assert str(escalation_id) not in "".join(pages[OFFICER].heard)
    for page in pages.values():
        await page.leave()
