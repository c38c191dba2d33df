"""A lead's way through a plan in real Chromium, wide and narrow, with JavaScript and without: the same rows at the end."""

import asyncio
import re
from itertools import product
from typing import Any

from playwright.async_api import Browser
from sqlalchemy import text

from alongside.features.agreements.answers.actions import refuse_proposal
from tests.browser.journey import end_state
from tests.browser.server import Served, served
from tests.browser.session import Visitor, visiting
from tests.browser.ways import ways_of
from tests.databases import DatabaseServer, copy_of_template, drop, open_database
from tests.features.matching.builders import a_need, acting, an_offer, work
from tests.patience import PATIENCE
from tests.personas import (
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    PARK,
    QUAY,
)
from tests.sampling import ALL

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 740}
EVERY = list(product((True, False), (WIDE, NARROW)))
WINDOWS = EVERY if ALL else [(True, WIDE), (False, NARROW)]
HEADS = {QUAY: HEAD_OF_QUAY, LOCK: HEAD_OF_LOCK}


async def prepare(database: Any) -> None:
    """Two needs of North; two offers of South that the whole authority sees, either with days for one of them."""
    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session, MILL, days=2, urgency="now", title="Fluency at Mill")
        await a_need(session, PARK, days=2, title="Fluency at Park")
        await an_offer(session, QUAY, days="4", title="Quay comes", phases=["primary"])
        await an_offer(session, LOCK, days="4", title="Lock comes", phases=["primary"])


async def reaches(lead: Visitor, words: str) -> None:
    """Wait until the open page has come to say this by itself: by htmx, or by the page’s own reload without it."""
    async with asyncio.timeout(PATIENCE):
        while words not in await lead.page.locator("main").inner_text():
            await asyncio.sleep(0.1)
    await lead.page.wait_for_load_state()


async def no_sideways(lead: Visitor) -> None:
    """Nothing on the page is wider than the window."""
    wide = await lead.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0, lead.path


async def plan(lead: Visitor, database: Any) -> None:
    """Make a plan, read why, pin a partner, and see the plan made with that."""
    await lead.goes("/plans")
    await lead.presses("Make a plan for North")
    assert "A plan is being calculated" in await lead.reads()
    await work(database)
    await reaches(lead, "needs matched")
    assert "2 of 2 needs matched" in await lead.reads()
    await no_sideways(lead)
    await lead.presses("Fluency at Mill")
    await the_numbers_add_up(lead)
    await no_sideways(lead)
    await lead.presses("Keep this partner")
    assert "Effect on the plan" in await lead.reads()
    await no_sideways(lead)
    await lead.page.fill("[name=reason]", "They know the school")
    await lead.presses("Keep this partner")
    await work(database)
    await reaches(lead, "needs matched")


async def the_numbers_add_up(lead: Visitor) -> None:
    """The points of the parts are the score in the heading."""
    cells = await lead.page.locator("main table td:last-child").all_inner_texts()
    points = [int(one) for one in cells if one.strip()]
    heading = await lead.page.get_by_role("heading", name=re.compile("^The score")).inner_text()
    score = int(re.findall(r"\d+", heading)[0])
    assert len(points) == 7
    assert sum(points[:-1]) == points[-1] == score


async def send_and_replace(lead: Visitor, database: Any) -> None:
    """Send it; the school that was to help Mill says no; a replacement is asked at once."""
    await lead.presses("Send this plan")
    await no_sideways(lead)
    await lead.presses("Send these proposals")
    assert "2 pairs proposed" in await lead.reads()
    async with database.transaction(NORTHSHIRE) as session:
        proposal = (
            await session.execute(text("SELECT * FROM proposal WHERE requesting_urn = :urn"), {"urn": MILL})
        ).one()
        await refuse_proposal(session, acting(HEADS[proposal.supporting_urn]), proposal.id, "no_days", "")
    await lead.page.reload()
    assert "Somebody else is to be found for 1 need" in await lead.reads()
    await no_sideways(lead)
    await lead.page.get_by_role("link", name=re.compile("^Find somebody else")).first.click()
    await lead.page.wait_for_load_state()
    await no_sideways(lead)
    await lead.presses("Ask this school")
    assert "Both schools have been asked" in await lead.reads() or "newly asked" in await lead.reads()


async def why_for_the_head(browser: Browser, app_context: Served, options: dict[str, Any]) -> None:
    """The head of Mill reads why it is this partner, and no name of another school’s need."""
    async with visiting(browser, app_context, HEAD_OF_MILL, **options) as head:
        await head.goes("/needs")
        await head.presses("Fluency at Mill")
        await head.presses("Why a plan chose which partner")
        await the_numbers_add_up(head)
        assert "Park Primary School" not in await head.reads()
        await no_sideways(head)


async def test_the_lead_makes_a_plan_and_replaces_a_partner_after_a_decline(
    database_server: DatabaseServer, chromium: Browser
) -> None:
    """Each in one window, or one of them; `make journeys` walks both in both."""
    ends = []
    for javascript, size in ways_of("a plan", WINDOWS):
        copy = await copy_of_template(database_server)
        database = open_database(copy)
        options: dict[str, Any] = {"java_script_enabled": javascript, "viewport": size}
        await prepare(database)
        async with served(copy) as app_context:
            async with visiting(chromium, app_context, LEAD_OF_NORTH, **options) as lead:
                await plan(lead, database)
                await send_and_replace(lead, database)
            await why_for_the_head(chromium, app_context, options)
            state = await end_state(app_context)
        ends.append({name: len(rows) for name, rows in state.items()})
        await database.close()
        await drop(database_server, copy)
    assert all(one == ends[0] for one in ends)
    assert (ends[0]["plan_run"], ends[0]["plan_constraint"], ends[0]["proposal"]) == (2, 1, 3)
