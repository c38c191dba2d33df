"""The main journey in real Chromium, with JavaScript and without: the same pages, the same rows at the end."""

from playwright.async_api import Browser

from tests.browser.journey import walk
from tests.browser.server import served
from tests.browser.ways import ways_of
from tests.databases import DatabaseServer, copy_of_template, drop


async def test_with_and_without_javascript_the_same_happens(
    database_server: DatabaseServer, chromium: Browser
) -> None:
    """Sign in, need, offer, proposal, yes, aim, signatures, visits, reviews, the lead's desk, another role."""
    ends = []
    for javascript in ways_of("the whole journey", (True, False)):
        copy = await copy_of_template(database_server)
        async with served(copy) as app_context:
            ends.append(await walk(chromium, app_context, javascript=javascript))
        await drop(database_server, copy)
    end = ends[0]
    assert all(other == end for other in ends)
    for table, rows in {
        "need": 1,
        "offer": 1,
        "proposal": 1,
        "support_agreement": 1,
        "aim": 1,
        "visit": 2,
        "review": 2,
    }.items():
        assert len(end[table]) == rows, table
    assert '"state":"closed"' in end["support_agreement"][0]
    assert '"days_used":2.0' in end["support_agreement"][0]
    assert '"state":"met"' in end["need"][0]
    assert end["notification"]
    assert {"post_need", "post_offer"} <= {
        row.split('"verb":"')[1].split('"')[0] for row in end["audit_entry"]
    }
