"""Opens every kind of page of every role each day and checks status and size."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from random import Random

from tests.simulation.browser import Browser, Traffic, pattern_of
from tests.simulation.database import Watcher
from tests.simulation.lanes import Lanes
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
    connection: Watcher, traffic: Traffic, lanes: Lanes, host: str, actors: list[Actor], random: Random
) -> int:
    """Open one page of each kind as one of these people. Returns the number of pages."""
    who = random.choice(actors)
    return await crawl(Browser(traffic, who, host, await sign_in(connection, who)), lanes, random)


async def crawl(browser: Browser, lanes: Lanes, random: Random) -> int:
    """Follow links from the first pages, one path of each kind. Returns the number of pages."""
    seen: set[str] = set()
    next_ones = list(STARTS)
    for _ in range(DEPTH):
        fresh = {pattern_of(path): path for path in reversed(next_ones) if pattern_of(path) not in seen}
        seen |= {*fresh}
        found: list[str] = []
        for opened in await lanes.run(partial(browser.open, path) for path in fresh.values()):
            if opened.response.headers.get("content-type", "").startswith("text/html"):
                found += [link for link in opened.page.links if not link.startswith(PASSED_OVER)]
        random.shuffle(found)
        next_ones = found
    return len(seen)


YEAR_ON_PAGE = re.compile(r"([\d.]+) days?</span> <span[^>]*>(given|received) this school year")
VISITS = """
SELECT a.supporting_urn, a.requesting_urn, v.days, v.visit_on FROM visit v
  JOIN support_agreement a ON a.authority_id = v.authority_id AND a.id = v.agreement_id
 WHERE v.authority_id = $1 AND v.state = 'recorded'
 ORDER BY v.written_at
"""


async def days_of_the_year(
    connection: Watcher,
    traffic: Traffic,
    host: str,
    code: int,
    heads: Sequence[Actor],
    today: date,
    random: Random,
) -> None:
    """Compare the days given and received on a head's home page with the recorded visits of this academic year."""
    began = date(today.year if today.month >= 9 else today.year - 1, 9, 1)
    days: dict[int, dict[str, Decimal]] = defaultdict(lambda: {"given": Decimal(0), "received": Decimal(0)})
    for row in await connection.fetch(VISITS, code):
        of_this_year = row["days"] if began <= row["visit_on"] <= today else Decimal(0)
        days[row["supporting_urn"]]["given"] += of_this_year
        days[row["requesting_urn"]]["received"] += of_this_year
    with_visits = [one for one in heads if one.school_urn in days] or list(heads)
    if not with_visits:
        return
    who = random.choice(with_visits)
    browser = Browser(traffic, who, host, await sign_in(connection, who))
    opened = await browser.open("/home")
    shown = {kind: Decimal(number) for number, kind in YEAR_ON_PAGE.findall(opened.response.text)}
    expected = days[who.school_urn or 0]
    if shown != expected:
        traffic.faults.add(
            "the days of this school year on a home page are wrong",
            f"{who.school_urn}: {shown} not {expected}",
        )
