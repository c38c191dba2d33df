"""Opens every kind of page of every role each day and checks status and size."""

from random import Random

from tests.simulation.browser import Browser, Traffic, pattern_of
from tests.simulation.database import Watcher
from tests.simulation.people import Actor, sign_in

STARTS = (
    "/", "/home", "/needs-and-offers", "/needs", "/offers", "/proposals", "/agreements", "/schools", "/directory",
    "/directory/entries", "/directory/insights", "/directory/subscriptions", "/directory/suggested-entries", "/directory/import",
    "/escalations", "/escalations/new", "/escalations/reports", "/escalations/safeguarding", "/leave-cover", "/consortium", "/plans", "/people",
    "/people/invitations/new", "/people/delegates/new", "/data-protection", "/failed-emails", "/notifications", "/account", "/roles",
    "/interests", "/exclusions", "/support-suspensions", "/accessibility", "/privacy", "/good-practice", "/needs/new", "/offers/new",
    "/directory/new", "/needs.csv", "/offers.csv", "/escalations.csv", "/escalations/reports.csv", "/consortium/tracker.csv",
    "/consortium/tracker.xlsx", "/directory/found.csv", "/directory/found.jsonl", "/directory/found.xlsx",
    "/good-practice.atom", "/good-practice.json",
)  # fmt: skip
"""Pages without an id. A role without access must get 403 or 404."""

PASSED_OVER = ("/assets/", "/sign-in", "/sign-out", "/live", "/signed-out", "/metrics")
DEPTH = 3


async def open_as(
    connection: Watcher, traffic: Traffic, host: str, actors: list[Actor], random: Random
) -> int:
    """Open one page of each kind as one of these people. Returns the number of pages."""
    who = random.choice(actors)
    return await crawl(Browser(traffic, who, host, await sign_in(connection, who)), random)


async def crawl(browser: Browser, random: Random) -> int:
    """Follow links from the first pages, one path of each kind. Returns the number of pages."""
    seen: set[str] = set()
    next_ones = list(STARTS)
    for _ in range(DEPTH):
        found: list[str] = []
        for path in next_ones:
            kind = pattern_of(path)
            if kind in seen:
                continue
            seen.add(kind)
            opened = await browser.open(path)
            if opened.response.headers.get("content-type", "").startswith("text/html"):
                found += [link for link in opened.page.links if not link.startswith(PASSED_OVER)]
        random.shuffle(found)
        next_ones = found
    return len(seen)
