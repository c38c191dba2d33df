"""An escalation walked page by page: a lead raises it, an officer procures and logs, the clock stops and runs, the school is back."""

import os
from pathlib import Path

from playwright.async_api import Browser
from pypdf import PdfReader

from alongside.platform.database.session import Database
from tests.browser.journey import end_state
from tests.browser.server import Served
from tests.browser.session import Visitor, fill, visiting
from tests.features.matching.builders import work
from tests.personas import HEAD_OF_MILL, HEAD_OF_QUAY, LEAD_OF_NORTH, MILL, OFFICER

PICTURES = os.environ.get("ALONGSIDE_PICTURES")
"""A folder for a picture of every page on the way, to be looked at."""

RAISED = {
    "reason": "too_close",
    "reason_words": "Three of us were deputies there.",
    "tried": ["talk", "peer"],
    "tried_words": "Two heads visited in the summer term.",
    "wanted": "Somebody from outside leads the next review of reading.",
    "urgency": "soon",
    "return_when": "Reading is taught well in every class",
    "notify_head": "now",
    "call": "Thursday at 10am",
}
PARTNER = "Quay Primary School"
DECIDED = {
    "outcome": "procured",
    "provider_pence": "2,400",
    "fund": "other",
    "hours": "6",
    "decision": "They lead two reviews of reading for you. We pay for both.",
}
PLAN = {
    "plan": "They review reading in January and in March. We see both reports.",
    "hours": "10",
}
TASK = {
    "what": "Send the reading plan to Quay",
    "owner_name": "Mina Mill, headteacher",
    "due_on": "11/12/2026",
}
VISIT = {
    "visit_on": "23/11/2026",
    "hours": "2.5",
    "who": "Ola Officer",
    "focus": "Reading in Year 2",
    "found": "Phonics is taught well in two of three classes.",
}
END = {"result": "better", "outcome_words": "Reading is taught well in every class. We go on as before."}


async def picture(visitor: Visitor, name: str) -> None:
    """A picture of the page at both widths, where somebody wants to look."""
    if PICTURES is None:
        return
    for width in (1280, 375):
        await visitor.page.set_viewport_size({"width": width, "height": 900})
        await visitor.page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


async def walk(
    browser: Browser, served: Served, *, javascript: bool, width: int, database: Database
) -> dict[str, list[str]]:
    """From the flag to the school's return; what the database then holds."""
    options = {"java_script_enabled": javascript, "viewport": {"width": width, "height": 900}}
    async with (
        visiting(browser, served, LEAD_OF_NORTH, **options) as lead,
        visiting(browser, served, OFFICER, **options) as officer,
        visiting(browser, served, HEAD_OF_MILL, **options) as head,
        visiting(browser, served, HEAD_OF_QUAY, **options) as stranger,
    ):
        escalation = await _raise(lead)
        await _procure(officer, escalation, database)
        await _work(officer, escalation)
        await _stop_and_go(officer, escalation)
        await _read_as_school(head, stranger, escalation)
        await _print(officer, escalation)
        await _return(officer, lead, escalation)
    return await end_state(served)


async def _raise(lead: Visitor) -> str:
    await lead.goes("/escalations")
    await lead.presses("Raise an escalation")
    await lead.page.select_option("[name=school]", str(MILL))
    await lead.presses("Continue")
    await picture(lead, "raise")
    await fill(lead, RAISED)
    await lead.presses("Raise this escalation")
    assert "Waiting for the core team to acknowledge it" in await lead.reads()
    await picture(lead, "raised-lead")
    return lead.path


async def _procure(officer: Visitor, escalation: str, database: Database) -> None:
    await officer.goes("/escalations?show=unassigned")
    await picture(officer, "desk")
    assert "Mill Primary School" in await officer.reads()
    await officer.goes(escalation)
    await officer.presses("Acknowledge")
    await officer.presses("Acknowledge")
    await officer.presses("Decide what happens next")
    await picture(officer, "decision")
    await officer.presses("find a match across the whole authority")
    await picture(officer, "matching")
    await officer.presses("Find a match")
    assert "Alongside is calculating a plan" in await officer.reads()
    assert await work(database) == 1
    await officer.goes(escalation)
    assert f"The plan found {PARTNER}" in await officer.reads()
    await picture(officer, "matched")
    await officer.presses(f"Choose {PARTNER}")
    assert await officer.page.input_value("[name=provider]") == PARTNER
    await fill(officer, DECIDED)
    await officer.presses("Save and send to the consortium")
    assert f"Paid provider: {PARTNER}" in await officer.reads()
    await officer.presses("Agree the plan")
    await picture(officer, "plan")
    await fill(officer, PLAN)
    await officer.presses("Agree the plan")
    assert "30 school days left" in await officer.reads()


async def _work(officer: Visitor, escalation: str) -> None:
    await officer.presses("Add an action")
    await picture(officer, "task")
    await fill(officer, TASK)
    await officer.presses("Add this action")
    await officer.presses("Record a visit")
    await fill(officer, VISIT)
    await officer.presses("Record this visit")
    assert "Phonics is taught well in two of three classes." in await officer.reads()
    await officer.presses("Officers’ notes")
    await fill(officer, {"weight": "opinion", "words": "The deputy is tired."})
    await officer.presses("Add this note")
    await picture(officer, "notes")
    await officer.goes(escalation)


async def _stop_and_go(officer: Visitor, escalation: str) -> None:
    await officer.presses("Pause the clock")
    await fill(officer, {"waiting_on": "provider", "note": "Quay’s date for January"})
    await officer.presses("Pause the clock")
    assert "The clock is paused" in await officer.reads()
    await picture(officer, "waiting")
    await officer.presses("Restart the clock")
    assert "school days left" in await officer.reads()
    await picture(officer, "active")


async def _read_as_school(head: Visitor, stranger: Visitor, escalation: str) -> None:
    assert await head.goes(escalation) == 200
    seen = await head.reads()
    assert "Phonics is taught well" in seen
    assert "tired" not in seen
    assert "Officers’ notes" not in seen
    await picture(head, "head")
    assert await head.goes(f"{escalation}/notes") == 404
    assert await stranger.goes(escalation) == 404


async def _print(officer: Visitor, escalation: str) -> None:
    """The escalation file comes as a download, and says what the page says; notes only where they were asked for."""
    await officer.goes(escalation)
    async with officer.page.expect_download() as coming:
        await officer.page.locator("main a[href$='escalation.pdf']").click()
    saved = await (await coming.value).path()
    pages = [page.extract_text() for page in PdfReader(saved).pages]
    words = " ".join(" ".join(pages).split())
    for said in ("Mill Primary School", PARTNER, "Reading in Year 2", "Ola Officer"):
        assert said in words, said
    assert "tired" not in words
    if PICTURES is not None:
        (Path(PICTURES) / "escalation.pdf").write_bytes(saved.read_bytes())


async def _return(officer: Visitor, lead: Visitor, escalation: str) -> None:
    await officer.page.locator("main").get_by_role("link", name="Mark as met").click()
    await fill(officer, {"evidence": "Seen in six lessons in March."})
    await officer.presses("Mark this criterion as met")
    await officer.page.locator("main").get_by_role("button", name="Mark as done").click()
    await officer.presses("Ask the consortium to take the school back")
    assert "Waiting for North to take the school back" in await officer.reads()
    await lead.goes(escalation)
    await lead.presses("Take the school back")
    await picture(lead, "accept-return")
    await fill(lead, END)
    await lead.presses("Confirm and take the school back")
    assert "Improved" in await lead.reads()
    await picture(lead, "closed-lead")
