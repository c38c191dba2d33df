"""The core team reads each fund: columns, schools, transactions with who, why and when, and the same as files."""

import csv
import io

import pytest
from sqlalchemy import text

from tests.client import Client, words
from tests.features.escalations.test_the_money_of_an_escalation import acknowledged, procure
from tests.features.funding.test_commit_from_funds import RATE, Funds, an_agreement_of_this_year, fund, funds
from tests.personas import HEAD_OF_MILL, HEAD_OF_SERVICE, NORTHSHIRE, OFFICER, PARK

__all__ = ["funds"]


@pytest.fixture
async def spent(funds: Funds) -> Funds:
    """Two days agreed for Mill, and a provider for Park that costs £1,000.50."""
    await an_agreement_of_this_year(funds)
    await procure(funds.database, await acknowledged(funds.database, PARK), 100_050, "first")
    return funds


async def fund_id(funds: Funds) -> str:
    """The id of the first fund."""
    async with funds.database.transaction(NORTHSHIRE) as session:
        return str(await session.scalar(text("SELECT id FROM fund WHERE key = 'first'")))


async def test_the_columns_are_disjoint_and_add_up_on_pages_and_in_files(
    spent: Funds, client: Client
) -> None:
    page = words(await client.get("/funds", as_=OFFICER))
    assert "Intervention primary Primary £3,500 £1,700.50 £0 £0 £1,799.50" in page
    answer = await client.get("/funds.csv?year=2026-27", as_=HEAD_OF_SERVICE)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Left (£)"] for row in rows] == ["1799.50", str(99 * RATE // 100) + ".00"]
    columns = ("Allocated", "Committed", "Invoiced", "Paid", "Left")
    for row in rows:
        allocated, *others = (round(float(row[f"{name} (£)"]) * 100) for name in columns)
        assert allocated == sum(others)
    assert (await client.get("/funds.xlsx", as_=OFFICER)).content.startswith(b"PK")
    assert (await client.get("/funds", as_=HEAD_OF_MILL)).status_code in (403, 404)


async def test_a_fund_shows_its_schools_and_who_took_what_why_and_when(spent: Funds, client: Client) -> None:
    page = await client.get(f"/funds/{await fund_id(spent)}", as_=OFFICER)
    said = words(page)
    assert "Mill" in said and "£700" in said and "£1,000.50" in said
    assert f"By {HEAD_OF_MILL.name}" in said and f"By {OFFICER.name}" in said
    assert "Settings version 2, applied by operator" in said
    assert "/agreements/" in page.text and "/escalations/" in page.text
    answer = await client.get(f"/funds/{await fund_id(spent)}/transactions.csv", as_=OFFICER)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    changes = [row["Change to what is left (£)"] for row in rows]
    assert changes == ["-1000.50", "-700.00", "3500.00"]


async def test_a_shortfall_is_flagged(spent: Funds, client: Client) -> None:
    await spent.apply(first=fund(4 * RATE))
    said = words(await client.get("/funds", as_=OFFICER))
    assert "Intervention primary has a shortfall of £300.50. Nothing new can be committed." in said
    said = words(await client.get(f"/funds/{await fund_id(spent)}", as_=OFFICER))
    assert "£300.50 more is committed than the fund has" in said
