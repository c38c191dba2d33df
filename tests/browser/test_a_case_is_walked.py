"""A case in real Chromium, with JavaScript and without, wide and narrow: the same rows at the end."""

import re

from playwright.async_api import Browser

from tests.browser.case_journey import walk
from tests.browser.served import served
from tests.matching.scene import a_need, an_offer
from tests.people import MILL, NORTHSHIRE, QUAY
from tests.stage import Stage, copy_of_template, drop

BY_JAVASCRIPT = {"escalation_presence"}
"""What an open page does on its own, and only with JavaScript."""


def steady(rows: list[str]) -> list[str]:
    """Rows without the time that the solver took, which no two runs share."""
    return [re.sub(r'"solve_milliseconds":\d+', "", row) for row in rows]


async def test_a_case_with_and_without_javascript_wide_and_narrow(stage: Stage, chromium: Browser) -> None:
    """Raised, acknowledged, procured, planned, visited, paused, resumed, read by the school, printed, taken back."""
    ends = []
    for javascript, width in ((True, 1280), (False, 375)):
        copy = await copy_of_template(stage)
        async with served(copy) as house:
            database = house.app.state.house.database
            async with database.fenced(NORTHSHIRE) as session:
                await a_need(session, MILL, days=2, urgency="now", title="Fluency at Mill")
                await an_offer(session, QUAY, days="4", title="Quay comes", phases=["primary"])
            ends.append(await walk(chromium, house, javascript=javascript, width=width, database=database))
        await drop(stage, copy)
    with_it, without = ends
    for table in with_it.keys() - BY_JAVASCRIPT:
        assert steady(with_it[table]) == steady(without[table]), table
    (case,) = with_it["escalation"]
    assert '"state":"closed"' in case
    assert '"result":"better"' in case
    assert len(with_it["escalation_matching"]) == 1
    assert len(with_it["escalation_wait"]) == 1
    assert {row.split('"part":"')[1].split('"')[0] for row in with_it["escalation_reading"]} == {
        "case",
        "notes",
        "pdf",
    }
    assert not [row for row in with_it["journal_entry"] if "Reading" in row or "990001" in row]
