"""An escalation in real Chromium, with JavaScript and without, wide and narrow: the same rows at the end."""

import re

from playwright.async_api import Browser

from tests.browser.escalation_journey import walk
from tests.browser.server import served
from tests.browser.ways import ways_of
from tests.databases import DatabaseServer, copy_of_template, drop
from tests.features.matching.builders import a_need, an_offer
from tests.personas import MILL, NORTHSHIRE, QUAY

BY_JAVASCRIPT = {"escalation_presence"}
"""What an open page does on its own, and only with JavaScript."""


def steady(rows: list[str]) -> list[str]:
    """Rows without the time that the solver took, which no two runs share."""
    return [re.sub(r'"solve_milliseconds":\d+', "", row) for row in rows]


async def test_an_escalation_with_and_without_javascript_wide_and_narrow(
    database_server: DatabaseServer, chromium: Browser
) -> None:
    """Raised, acknowledged, procured, planned, visited, paused, resumed, read by the school, printed, taken back."""
    ends = []
    for javascript, width in ways_of("an escalation", ((True, 1280), (False, 375))):
        copy = await copy_of_template(database_server)
        async with served(copy) as app_context:
            database = app_context.app.state.app_context.database
            async with database.transaction(NORTHSHIRE) as session:
                await a_need(session, MILL, days=2, urgency="now", title="Fluency at Mill")
                await an_offer(session, QUAY, days="4", title="Quay comes", phases=["primary"])
            ends.append(
                await walk(chromium, app_context, javascript=javascript, width=width, database=database)
            )
        await drop(database_server, copy)
    rows = ends[0]
    for others in ends[1:]:
        for table in rows.keys() - BY_JAVASCRIPT:
            assert steady(rows[table]) == steady(others[table]), table
    (escalation,) = rows["escalation"]
    assert '"state":"closed"' in escalation
    assert '"result":"better"' in escalation
    assert len(rows["escalation_matching_request"]) == 1
    assert len(rows["escalation_pause"]) == 1
    assert {row.split('"part":"')[1].split('"')[0] for row in rows["escalation_access_log"]} == {
        "escalation",
        "notes",
        "pdf",
    }
    assert not [row for row in rows["audit_entry"] if "Reading" in row or "990001" in row]
