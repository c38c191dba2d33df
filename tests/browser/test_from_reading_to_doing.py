"""From a misspelt word to an agreed visit, and from an agreement to a follower's email, in Chromium."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser

from alongside.features.directory.subscriptions.actions import notify_subscribers
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.browser.journey import follows
from tests.browser.server import NOON, Served
from tests.browser.session import Visitor, fill, visiting
from tests.client import Client
from tests.features.directory.form_values import verified_entry
from tests.features.directory.test_harvest_an_agreement import closed_agreement
from tests.features.offers.form_values import posted_offer
from tests.features.visit_requests.builders import request_form, yes
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, LEAD_OF_NORTH, NORTHSHIRE, OFFICER
from tests.sampling import sampled

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 800}
PHONICS: dict[str, Any] = {
    "title": "Catch-up phonics on the same afternoon",
    "problem": "Children who stumbled over a sound in the morning met it again a week later.",
    "visibility": "authority",
}
REST_OF_ENTRY = {
    "themes": ["early_reading"],
    "phases": ["primary"],
    "context": "Two forms of entry.",
    "what_you_need": "A reading lead with a free afternoon.",
    "who_to_ask": "Reading lead",
    "visibility": "authority",
}
WINDOWS = [(True, WIDE), (False, NARROW)]
QUESTIONS = ["fonics catchup", "children who fall behind with sounds"]


@pytest.mark.parametrize(
    ("javascript", "size", "words"),
    sampled([(*window, words) for window in WINDOWS for words in QUESTIONS], 0.5, "found and asked"),
)
async def test_found_opened_asked_and_agreed(
    app_context: Served, chromium: Browser, javascript: bool, size: dict[str, int], words: str
) -> None:
    """Found by a misspelt word and by a paraphrase; the school finds the request on its desk and says yes."""
    client = Client(app_context.app)
    await verified_entry(client, **PHONICS)
    await posted_offer(
        client,
        forms_of_support=["visit_out"],
        terms=["2026-27_spring"],
        when_not_sure=None,
        audience="everybody",
    )
    options = {"java_script_enabled": javascript, "viewport": size}
    async with (
        visiting(chromium, app_context, HEAD_OF_QUAY, **options) as quay,
        visiting(chromium, app_context, HEAD_OF_MILL, **options) as mill,
    ):
        await quay.goes("/directory")
        await quay.page.fill("main [name=q]", words)
        async with quay.page.expect_response(lambda one: "q=" in one.url):
            await quay.page.get_by_role("button", name="Search", exact=True).click()
        await quay.page.get_by_role("link", name=PHONICS["title"]).first.click()
        await quay.page.wait_for_load_state()
        assert "Mill Primary School can host a visit in spring term 2027" in await quay.reads()
        await quay.presses("Ask for a visit")
        await fill(quay, request_form())
        await quay.presses("Send request")
        assert "Mill Primary School must answer by" in await quay.reads()
        await mill.goes("/home")
        await follows(mill, "Answer a request for a visit")
        await mill.presses("Say yes")
        await fill(mill, yes())
        await mill.presses("Send answer")
        assert "The visit is agreed." in await mill.reads()
        await quay.goes("/visit-requests?show=agreed")
        await follows(quay, PHONICS["title"])
        assert "Main entrance" in await quay.reads()
        await follows(quay, "Contacts and messages")
        await fill(quay, {"body": "Is there a car park?"})
        await quay.presses("Send message")
        await mill.goes("/home")
        await follows(mill, "Read a message")
        assert "Is there a car park?" in await mill.reads()


@pytest.mark.parametrize(("javascript", "size"), sampled(WINDOWS, 0.5, "an agreement becomes an entry"))
async def test_an_agreement_becomes_an_entry_and_a_follower_hears_of_it(
    app_context: Served, database: Database, chromium: Browser, javascript: bool, size: dict[str, int]
) -> None:
    """Begun from what both recorded, agreed by both, checked, verified; then the letter to who follows the theme."""
    await closed_agreement(database)
    options = {"java_script_enabled": javascript, "viewport": size}

    async with (
        visiting(chromium, app_context, HEAD_OF_MILL, **options) as mill,
        visiting(chromium, app_context, HEAD_OF_PARK, **options) as park,
        visiting(chromium, app_context, LEAD_OF_NORTH, **options) as lead,
        visiting(chromium, app_context, OFFICER, **options) as officer,
        visiting(chromium, app_context, HEAD_OF_QUAY, **options) as quay,
    ):
        await quay.goes("/directory/subscriptions")
        await fill(quay, {"theme": "early_reading"})
        await quay.presses("Follow")
        where = await _written(mill)
        await park.goes("/home")
        await follows(park, "Agree to an entry about your agreement")
        for head in (park, mill):
            await head.goes(f"{where}/consent")
            await head.presses("Agree for our school")
        await mill.presses("Send for checking")
        await lead.goes("/directory/entries")
        await follows(lead, "Fluency in Year 2")
        await lead.presses("Check this entry")
        await fill(lead, {"fit": "yes", "note": "We could do this tomorrow."})
        await lead.presses("Send your opinion")
        await officer.goes(where)
        await officer.presses("Verify this entry")
        await fill(officer, {"level": "3", "seen": "y"})
        await officer.presses("Verify this entry")
        assert "Measured" in await officer.reads()
        await _next_morning(app_context, database)
        await quay.goes("/outbox")
        assert "1 new entry of good practice on Early reading and phonics" in await quay.reads()
        await follows(quay, "Open what it is about")
        await follows(quay, "Fluency in Year 2")
        assert "Words a minute, from 55 to 88 (target: 90)" in await quay.reads()


async def _written(mill: Visitor) -> str:
    """The entry that Mill begins from its agreement and writes to its end."""
    await mill.goes("/directory/entries")
    await mill.presses("Write an entry from an agreement")
    await mill.page.get_by_role("button", name="Start this entry").click()
    await mill.page.wait_for_load_state()
    assert await mill.page.locator("[name=problem]").input_value() == "Help with fluency"
    await fill(mill, REST_OF_ENTRY)
    await mill.presses("Save as a draft")
    return mill.path


async def _next_morning(app_context: Served, database: Database) -> None:
    day = NOON.date() + timedelta(days=400)
    async with database.transaction(NORTHSHIRE) as session:
        await notify_subscribers(session, system(NORTHSHIRE, day))
