"""A notice from the draft to the answer of a question, by a lead and a headteacher, in Chromium."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser

from tests.browser.journey import follows
from tests.browser.server import Served
from tests.browser.session import fill, visiting
from tests.databases import APP_DAY
from tests.personas import HEAD_OF_LOCK, HEAD_OF_MILL, LEAD_OF_NORTH
from tests.sampling import sampled

WAYS = [
    (javascript, {"width": width, "height": 900}) for javascript in (True, False) for width in (1280, 375)
]
EVENT = APP_DAY + timedelta(days=10)
DRAFT = {
    "title": "Moderation meeting",
    "body": "Bring three books.",
    "event_on": f"{EVENT.day}/{EVENT.month}/{EVENT.year}",
    "event_starts": "9.30am",
    "event_location": "Town hall",
    "ends_on": f"{EVENT.day}/{EVENT.month}/{EVENT.year}",
}


@pytest.mark.parametrize(("javascript", "window"), sampled(WAYS, 0.25, "notices"))
async def test_from_the_draft_to_the_answer(
    app_context: Served, chromium: Browser, javascript: bool, window: dict[str, int]
) -> None:
    options = {"java_script_enabled": javascript, "viewport": window}
    async with (
        visiting(chromium, app_context, LEAD_OF_NORTH, **options) as lead,
        visiting(chromium, app_context, HEAD_OF_MILL, **options) as head,
        visiting(chromium, app_context, HEAD_OF_LOCK, **options) as outsider,
    ):
        await lead.goes("/notices")
        await lead.presses("Write a notice")
        await fill(lead, DRAFT | {"ends_on": "1/1/2020"})
        await lead.presses("Save and check")
        assert "Enter a last day that is today or later" in await lead.reads()
        await fill(lead, DRAFT)
        await lead.presses("Save and check")
        assert "It will go to 2 people" in await lead.reads()
        await lead.presses("Send this notice")
        address = lead.path
        await head.goes("/home")
        await head.presses("1 notice you have not read")
        await head.presses("Moderation meeting")
        assert "9:30am, Town hall" in await head.reads()
        await head.presses("Ask a question")
        await fill(head, {"question": "Is there parking?"})
        await head.presses("Send your question")
        await head.goes("/calendar")
        assert "Moderation meeting" in await head.reads()
        assert await outsider.goes(address) == 404
        await lead.goes(address)
        assert "1 of 2 people opened it" in await lead.reads()
        await follows(lead, "Answer")
        await fill(lead, {"answer": "Yes, behind the hall."})
        await lead.presses("Publish this answer")
        await head.goes(address)
        assert "Yes, behind the hall." in await head.reads()
        for visitor in (lead, head):
            assert not await visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth")
