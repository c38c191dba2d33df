"""From not knowing how to spell it to a visit: good practice found in Chromium, with JavaScript and without, wide and narrow."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser

from alongside.features.directory.search.actions import embed_pending_entries
from alongside.features.directory.subscriptions.actions import notify_subscribers
from alongside.platform.access.principal import system
from tests.browser.server import NOON, Served
from tests.browser.session import Visitor, fill, visiting
from tests.features.directory.search_index import insert_entry
from tests.features.visit_requests.builders import request_form
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, MILL, NORTHSHIRE, PARK
from tests.sampling import sampled

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 720}
WINDOWS = [
    pytest.param({"viewport": WIDE}, id="wide"),
    pytest.param({"viewport": NARROW, "java_script_enabled": False}, id="narrow, no JavaScript"),
]


@pytest.fixture
async def search_index(app_context: Served) -> Served:
    """A small directory, read for its meaning where that can be."""
    database = app_context.app.state.app_context.database
    async with database.transaction(NORTHSHIRE) as session:
        await insert_entry(
            session,
            "Keep-up phonics on the same afternoon",
            school_urn=MILL,
            themes=["early_reading"],
            phases=["primary"],
            problem="Children who stumbled on a new sound met it again only a week later.",
            what_we_did="Ten minutes after lunch, with the same cards.",
        )
        await insert_entry(
            session,
            "Breakfast for everyone",
            school_urn=MILL,
            themes=["disadvantage"],
            problem="Children were hungry at nine.",
            what_we_did="Bagels at the gate and a free breakfast club.",
        )
        for number in range(6):
            await insert_entry(
                session, f"Chess club {number}", school_urn=PARK, problem="Few played.", themes=["writing"]
            )
    async with database.transaction(NORTHSHIRE) as session:
        await embed_pending_entries(session, NORTHSHIRE)
    return app_context


async def search(visitor: Visitor, typed: str) -> None:
    """Type into the one box and press the button."""
    await visitor.page.fill("main [name=q]", typed)
    await visitor.page.get_by_role("button", name="Search", exact=True).click()
    await visitor.page.wait_for_url("**/directory?*")
    await visitor.page.locator("#found .alongside-card").first.wait_for()


async def stays_inside(visitor: Visitor) -> None:
    """Nothing hangs out of the window sideways."""
    over = await visitor.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert over <= 0, visitor.page.url


@pytest.mark.parametrize("window", sampled(WINDOWS, 0.5, "from a misspelt word"))
async def test_from_a_misspelt_word_to_a_request_on_the_desk_of_the_school(
    search_index: Served, chromium: Browser, window: dict[str, Any]
) -> None:
    """Found by a slip, opened, asked with one click; the school behind it finds the request on its desk."""
    async with (
        visiting(chromium, search_index, HEAD_OF_PARK, **window) as park,
        visiting(chromium, search_index, HEAD_OF_MILL, **window) as mill,
    ):
        await park.goes("/directory")
        await stays_inside(park)
        await search(park, "fonics catchup")
        await park.page.get_by_text("These were found by").wait_for()
        await stays_inside(park)
        first = park.page.locator(".alongside-card__title a").first
        assert (await first.inner_text()).strip() == "Keep-up phonics on the same afternoon"
        await first.click()
        await park.page.wait_for_url("**/directory/*-*")
        await stays_inside(park)
        await park.presses("Ask for a visit")
        await fill(park, request_form())
        await park.presses("Send request")
        assert "Mill Primary School must answer by" in await park.reads()
        await mill.goes("/home")
        assert "Answer a request for a visit: Keep-up phonics" in await mill.reads()


@pytest.mark.parametrize("window", sampled(WINDOWS, 0.5, "a paraphrase"))
async def test_a_paraphrase_is_found_by_its_meaning(
    search_index: Served, chromium: Browser, window: dict[str, Any]
) -> None:
    """Not a word in common; and lists narrow what was found."""
    pytest.importorskip("onnxruntime")
    async with visiting(chromium, search_index, LEAD_OF_NORTH, **window) as lead:
        await lead.goes("/directory")
        await search(lead, "pupils come with empty stomachs in the morning")
        assert (
            "Breakfast for everyone" in await lead.page.locator(".alongside-card__title").first.inner_text()
        )
        assert "Close in meaning" in await lead.reads()


async def test_lists_narrow_at_once_and_back_brings_back(search_index: Served, chromium: Browser) -> None:
    """With JavaScript the list is fetched alone, the address says it, and the browser's own button undoes it."""
    async with visiting(chromium, search_index, HEAD_OF_PARK, viewport=WIDE) as park:
        await park.goes("/directory")
        async with park.page.expect_response(lambda one: "theme=writing" in one.url):
            await park.page.select_option("#theme", "writing")
        await park.page.wait_for_url("**/directory?*theme=writing*")
        await park.page.get_by_text("6 entries").wait_for()
        assert await park.page.locator("#theme").input_value() == "writing"
        await park.page.go_back()
        await park.page.get_by_text("8 entries").wait_for()


async def test_a_follower_reads_of_what_is_new_and_opens_it(search_index: Served, chromium: Browser) -> None:
    """Follow a theme, a morning later a notice with a number, and the link leads to what is new."""
    database = search_index.app.state.app_context.database
    async with visiting(chromium, search_index, HEAD_OF_PARK, viewport=NARROW) as park:
        await park.goes("/directory?theme=early_reading")
        await park.presses("Follow this theme")
        await stays_inside(park)
        await park.presses("Follow")
        assert "You follow Early reading and phonics" in await park.reads()
        tomorrow = NOON.date() + timedelta(days=400)  # rows carry the clock of the database, not of the house
        async with database.transaction(NORTHSHIRE) as session:
            await insert_entry(
                session,
                "Reading aloud",
                school_urn=MILL,
                themes=["early_reading"],
                listed_at=NOON + timedelta(days=399),
            )
            await notify_subscribers(session, system(NORTHSHIRE, tomorrow))
        await park.goes("/notifications")
        await park.page.get_by_role("link", name="1 new entry").first.click()
        await park.page.wait_for_url("**/directory?theme=early_reading*")
        assert "Reading aloud" in await park.page.locator(".alongside-card__title").first.inner_text()
