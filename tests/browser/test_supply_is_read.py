"""Gaps and what more days would bring, for a lead; who suits best, for a head: in real Chromium, scripts or none."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from alongside.platform.database.session import Database
from tests.browser.server import Served
from tests.browser.session import visiting
from tests.browser.test_a_plan_is_made_and_replaced import reaches
from tests.browser.test_pages_are_accessible import look_at
from tests.databases import open_database
from tests.features.matching.builders import a_need, an_offer, work
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, MILL, NORTHSHIRE, PARK, QUAY
from tests.sampling import sampled

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 740}


@pytest.fixture
async def short(app_context: Served) -> AsyncIterator[Database]:
    """Three needs of North, for which there are two days of one offer."""
    database = open_database(app_context.copy)
    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session, MILL, days=2, urgency="now", title="Fluency at Mill")
        await a_need(session, PARK, days=2, title="Fluency at Park")
        await a_need(session, PARK, days=2, theme="governance", title="Chairing at Park")
        await an_offer(
            session, QUAY, days="2", title="Quay comes", phases=["primary"], visible_to_authority_from=None
        )
        await an_offer(session, QUAY, days="2", engagements_max=3, title="Quay helps", phases=["primary"])
    yield database
    await database.close()


@pytest.mark.parametrize(("scripts", "window"), sampled([(True, WIDE), (False, NARROW)], 0.5, "more days"))
async def test_a_lead_asks_what_more_days_would_bring(
    app_context: Served, short: Database, chromium: Browser, scripts: bool, window: dict[str, int]
) -> None:
    async with visiting(
        chromium, app_context, LEAD_OF_NORTH, java_script_enabled=scripts, viewport=window
    ) as lead:
        await lead.goes("/plans")
        await lead.presses("Make a plan for North")
        await work(short)
        await reaches(lead, "needs matched")
        await lead.presses("Unmet need and workload")
        assert "1 with no offer that suits" in await lead.reads()
        await lead.page.select_option("select[name=offer]", index=1)
        await lead.page.fill("input[name=days]", "2")
        await lead.presses("See what it would bring")
        output = await lead.reads()
        assert "with 2 more days: 1 more need is met." in output, output
        assert "Fluency at Park" in output
        assert "Quay comes" not in output
        await lead.page.fill("input[name=days]", "")
        await lead.presses("See what it would bring")
        assert "Enter more than 0 and at most 20 days" in await lead.reads()


async def test_nothing_is_wrong_with_the_full_pages(
    app_context: Served, short: Database, chromium: Browser
) -> None:
    async with visiting(chromium, app_context, LEAD_OF_NORTH, bypass_csp=True) as lead:
        await lead.goes("/plans")
        await lead.presses("Make a plan for North")
        await work(short)
        await reaches(lead, "needs matched")
        await lead.goes(f"{lead.path}/capacity")
        for summary in await lead.page.locator("summary").all():
            await summary.click()
        assert await look_at(lead.page) == []


@pytest.mark.parametrize(("scripts", "window"), sampled([(True, NARROW), (False, WIDE)], 0.5, "who suits"))
async def test_a_head_proposes_who_suits_best(
    app_context: Served, short: Database, chromium: Browser, scripts: bool, window: dict[str, int]
) -> None:
    async with visiting(
        chromium, app_context, HEAD_OF_MILL, java_script_enabled=scripts, viewport=window
    ) as head:
        await head.goes("/needs")
        await head.page.get_by_role("link", name="Fluency at Mill").first.click()
        await head.page.wait_for_load_state()
        await head.presses("See schools that could help")
        assert "1 offer of those that you may see suits" in await head.reads()
        await head.page.get_by_role("link", name="Propose this offer").click()
        await head.page.wait_for_load_state()
        assert await head.page.get_by_role("radio").first.is_checked()
