"""Agreed support that moves into a year without money is listed, and committed once a fund has money again."""

import csv
import io

from alongside.features.agreements.endings.actions import end_early
from alongside.features.funding.support_without_fund import commit_waiting_support
from alongside.platform.access.principal import system
from tests.client import Client, words
from tests.databases import APP_DAY
from tests.features.agreements.builders import acting, an_agreement
from tests.features.claims.builders import a_visit, sign
from tests.features.funding.test_commit_from_funds import (
    RATE,
    Funds,
    an_agreement_of_this_year,
    fund,
    funds,
)
from tests.personas import HEAD_OF_MILL, NORTHSHIRE, OFFICER

__all__ = ["funds"]
HEADING = "Support that no fund pays for"


async def test_support_in_a_year_without_a_fund_is_listed_there(funds: Funds, client: Client) -> None:
    agreement_id = await an_agreement_of_this_year(funds)
    assert HEADING not in words(await client.get("/funds", as_=OFFICER))
    await funds.apply(first=fund(10 * RATE), next=fund(RATE // 2, "2027-28"))
    await funds.move(agreement_id, "2027-05-01", "2027-06-01")
    assert HEADING not in words(await client.get("/funds", as_=OFFICER))
    page = await client.get("/funds?year=2027-28", as_=OFFICER)
    assert HEADING in words(page) and f"/agreements/{agreement_id}" in page.text
    assert "2 days £700" in words(page)
    answer = await client.get("/funds/support-without-fund.csv?year=2027-28", as_=OFFICER)
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["Days"], row["Cost (£)"]) == ("2.0", "700.00")
    assert (await client.get("/funds/support-without-fund.csv", as_=HEAD_OF_MILL)).status_code in (403, 404)


async def test_money_that_comes_back_is_committed_for_support_that_waits(funds: Funds) -> None:
    """Also for support that is signed and has visits; what is still too much stays on the list."""
    waiting = await an_agreement(funds.database, pool="12")
    await funds.apply(first=fund(10 * RATE), next=fund(10 * RATE, "2027-28"))
    await funds.move(waiting, "2027-03-18", "2027-04-14")
    other = await an_agreement(funds.database, days="3", pool="12")
    await funds.apply(first=fund(4 * RATE))
    await sign(funds.database, waiting)
    for _ in range(2):
        await a_visit(funds.database, waiting, "1")
    assert (await funds.read())["first 2026-27"] == (0, 4 * RATE, 0)
    async with funds.database.transaction(NORTHSHIRE) as session:
        await commit_waiting_support(session, system(NORTHSHIRE, APP_DAY))
    assert (await funds.read())["first 2026-27"] == (0, 4 * RATE, 0)
    async with funds.database.transaction(NORTHSHIRE) as session:
        await end_early(session, acting(HEAD_OF_MILL), other, "other", "They moved on")
    for _ in range(2):
        async with funds.database.transaction(NORTHSHIRE) as session:
            await commit_waiting_support(session, system(NORTHSHIRE, APP_DAY))
    found = await funds.read()
    assert (found["first 2026-27"][1], found["next 2027-28"][1]) == (2 * RATE, 0)
