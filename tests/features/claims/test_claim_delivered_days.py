"""A school claims delivered days, the core team decides and pays, and each step moves the money in the ledger."""

import csv
import io
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from alongside.features.data_retention.actions import purge_expired
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.agreements.builders import notified
from tests.features.claims.builders import a_claim, a_visit, columns, delivered
from tests.features.funding.test_commit_from_funds import RATE, Funds, funds
from tests.features.funding.test_fund_pages import fund_id
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    OFFICER,
    PARK,
    TWIN_OFFICER,
)

__all__ = ["funds"]


async def sent(client: Client, agreement_id: UUID, visits: list[UUID]) -> str:
    """Claim visits on the page; returns the address of the claim."""
    form = {"visits": [str(one) for one in visits], "invoice_number": "INV-7"}
    answer = await client.post(f"/agreements/{agreement_id}/claims", form, as_=HEAD_OF_PARK)
    assert answer.status_code == 303, words(answer)
    return str(answer.headers["location"])


async def test_a_claim_is_made_approved_and_paid(funds: Funds, client: Client) -> None:
    """The money goes from committed to invoiced to paid, and every fund page agrees."""
    agreement_id, visits = await delivered(funds.database, "0.5", "1")
    assert await columns(funds.database) == {
        "committed": 2 * RATE,
        "invoiced": 0,
        "paid": 0,
        "left": 8 * RATE,
    }
    home = words(await client.get("/home", as_=HEAD_OF_PARK))
    assert "Claim delivered days" in home
    form = await client.get(f"/agreements/{agreement_id}/claims/new", as_=HEAD_OF_PARK)
    assert "£175" in words(form) and "£350" in words(form) and form.text.count(" checked") == 2
    claim = await sent(client, agreement_id, visits)
    assert "Approve: 1 claim" in words(await client.get("/consortium", as_=OFFICER))
    page = words(await client.get(claim, as_=OFFICER))
    assert "£525 for support of" in page and "INV-7" in page and "Waiting for approval" in page
    assert (await columns(funds.database))["committed"] == 2 * RATE
    assert "claim_made" in await notified(funds.database, OFFICER)
    assert (await client.post(f"{claim}/approval", {}, as_=OFFICER)).status_code == 303
    half = RATE // 2
    assert await columns(funds.database) == {
        "committed": half,
        "invoiced": 3 * half,
        "paid": 0,
        "left": 8 * RATE,
    }
    paid = {"paid_on": APP_DAY.isoformat(), "payment_reference": "BACS 1"}
    assert (await client.post(f"{claim}/payment", paid, as_=HEAD_OF_SERVICE)).status_code == 303
    assert await columns(funds.database) == {
        "committed": half,
        "invoiced": 0,
        "paid": 3 * half,
        "left": 8 * RATE,
    }
    assert {"claim_approved", "claim_paid"} <= set(await notified(funds.database, HEAD_OF_PARK))
    listed = words(await client.get("/funds", as_=OFFICER))
    assert "Intervention primary Primary £3,500 £175 £0 £525 £2,800" in listed
    await funds.read()


async def test_the_fund_lists_the_steps_of_a_claim_with_who_and_why(funds: Funds, client: Client) -> None:
    agreement_id, visits = await delivered(funds.database, "0.5")
    claim = await sent(client, agreement_id, visits)
    await client.post(f"{claim}/approval", {}, as_=OFFICER)
    await client.post(
        f"{claim}/payment",
        {"paid_on": APP_DAY.isoformat(), "payment_reference": "BACS 1"},
        as_=HEAD_OF_SERVICE,
    )
    fund = await fund_id(funds)
    page = await client.get(f"/funds/{fund}", as_=OFFICER)
    said = words(page)
    assert "Paid: £175" in said and "Invoiced, and the rest given back: £175" in said
    assert claim in page.text and f"By {OFFICER.name}" in said and f"By {HEAD_OF_SERVICE.name}" in said
    answer = await client.get(f"/funds/{fund}/transactions.csv", as_=OFFICER)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    changes = sum(round(float(row["Change to what is left (£)"]) * 100) for row in rows)
    assert changes == (await columns(funds.database))["left"]


async def test_only_confirmed_visits_can_be_claimed_and_the_form_says_why(
    funds: Funds, client: Client
) -> None:
    agreement_id, _ = await delivered(funds.database)
    waiting = await a_visit(funds.database, agreement_id, confirmed=False)
    form = words(await client.get(f"/agreements/{agreement_id}/claims/new", as_=HEAD_OF_PARK))
    assert "The two schools have not agreed on its record yet" in form
    assert "There is nothing to claim now" in words(await client.get("/claims", as_=HEAD_OF_PARK))
    for visits, error in (([], "Select at least one visit"), ([waiting], "Select visits from the list")):
        refused = await client.post(
            f"/agreements/{agreement_id}/claims", {"visits": [str(one) for one in visits]}, as_=HEAD_OF_PARK
        )
        assert refused.status_code == 422 and error in words(refused)


async def test_a_returned_claim_says_why_and_its_visits_are_claimed_again(
    funds: Funds, client: Client
) -> None:
    agreement_id, visits = await delivered(funds.database, "0.5")
    claim = await sent(client, agreement_id, visits)
    assert (await client.post(f"{claim}/return", {"note": ""}, as_=OFFICER)).status_code == 422
    assert (await client.post(f"{claim}/return", {"note": "Wrong date"}, as_=OFFICER)).status_code == 303
    assert "Wrong date" in words(await client.get(claim, as_=HEAD_OF_PARK))
    assert "claim_returned" in await notified(funds.database, HEAD_OF_PARK)
    assert (await client.post(f"{claim}/approval", {}, as_=OFFICER)).status_code == 409
    again = await sent(client, agreement_id, visits)
    assert (await client.post(f"{again}/withdrawal", {}, as_=HEAD_OF_PARK)).status_code == 303
    await sent(client, agreement_id, visits)
    assert await columns(funds.database) == {
        "committed": 2 * RATE,
        "invoiced": 0,
        "paid": 0,
        "left": 8 * RATE,
    }


async def test_a_claimed_visit_is_not_changed_until_its_claim_is_credited(
    funds: Funds, client: Client
) -> None:
    """The credit note takes back the payment and the invoice, and the days are committed again."""
    agreement_id, visits = await delivered(funds.database, "0.5")
    claim = await sent(client, agreement_id, visits)
    removal = f"/visits/{visits[0]}/removal"
    refused = await client.post(removal, {"note": "It was another day"}, as_=HEAD_OF_PARK)
    assert refused.status_code == 409 and "on a claim of" in words(refused)
    await client.post(f"{claim}/approval", {}, as_=OFFICER)
    await client.post(
        f"{claim}/payment", {"paid_on": APP_DAY.isoformat(), "payment_reference": "BACS 1"}, as_=OFFICER
    )
    credit = await client.post(f"{claim}/credit-note", {"note": "Paid twice"}, as_=HEAD_OF_SERVICE)
    assert credit.status_code == 303
    after = {"committed": 2 * RATE, "invoiced": 0, "paid": 0, "left": 8 * RATE}
    assert await columns(funds.database) == after
    assert "Paid twice" in words(await client.get(claim, as_=HEAD_OF_PARK))
    assert (await client.post(removal, {"note": "It was another day"}, as_=HEAD_OF_PARK)).status_code == 303
    assert await columns(funds.database) == after
    await funds.read()


async def test_bad_payments_are_explained(funds: Funds, client: Client) -> None:
    agreement_id, visits = await delivered(funds.database, "0.5")
    claim = await sent(client, agreement_id, visits)
    await client.post(f"{claim}/approval", {}, as_=OFFICER)
    good = {"paid_on": APP_DAY.isoformat(), "payment_reference": "BACS 1"}
    for wrong, error in (
        ({"paid_on": ""}, "Enter the date of the payment"),
        ({"paid_on": (APP_DAY + timedelta(days=1)).isoformat()}, "from the day of the approval until today"),
        ({"paid_on": (APP_DAY - timedelta(days=9)).isoformat()}, "from the day of the approval until today"),
        ({"payment_reference": " "}, "Enter the payment reference"),
    ):
        refused = await client.post(f"{claim}/payment", good | wrong, as_=OFFICER)
        assert refused.status_code == 422 and error in words(refused), wrong
    assert (await client.post(f"{claim}/payment", good, as_=OFFICER)).status_code == 303
    assert (await client.post(f"{claim}/payment", good, as_=OFFICER)).status_code == 409


async def test_a_claim_is_read_by_its_school_and_the_core_team_alone(funds: Funds, client: Client) -> None:
    agreement_id, visits = await delivered(funds.database, "0.5")
    claim = await sent(client, agreement_id, visits)
    for who, may in (
        (HEAD_OF_PARK, True),
        (DELEGATE_OF_MILL, False),
        (OFFICER, True),
        (HEAD_OF_MILL, False),
        (LEAD_OF_NORTH, False),
        (TWIN_OFFICER, False),
    ):
        page = await client.get(claim, as_=who)
        assert (page.status_code == 200) == may, who.name
        section = words(await client.get(f"/schools/{PARK}", as_=who))
        assert ("£175.00, claimed" in section) == may, who.name
    for action, who in (
        ("approval", HEAD_OF_PARK),
        ("withdrawal", OFFICER),
        ("withdrawal", DELEGATE_OF_MILL),
    ):
        assert (await client.post(f"{claim}/{action}", {}, as_=who)).status_code in (403, 404)
    form = {"visits": [str(visits[0])]}
    for who in (HEAD_OF_MILL, DELEGATE_OF_MILL, OFFICER):
        refused = await client.post(f"/agreements/{agreement_id}/claims", form, as_=who)
        assert refused.status_code in (403, 404), who.name


async def test_an_officer_with_an_interest_reads_but_does_not_decide(funds: Funds, client: Client) -> None:
    agreement_id, visits = await delivered(funds.database, "0.5")
    claim = await sent(client, agreement_id, visits)
    declared = {"other": str(PARK), "kind": "family"}
    assert (await client.post("/interests", declared, as_=OFFICER)).status_code == 303
    page = await client.get(claim, as_=OFFICER)
    assert "You have an interest in one of these schools" in words(page)
    assert f"{claim}/approval" not in page.text
    assert (await client.post(f"{claim}/approval", {}, as_=OFFICER)).status_code == 404
    assert (await client.post(f"{claim}/approval", {}, as_=HEAD_OF_SERVICE)).status_code == 303


async def test_the_file_of_claims_has_a_row_for_each_visit(funds: Funds, client: Client) -> None:
    agreement_id, visits = await delivered(funds.database, "0.5", "1")
    await sent(client, agreement_id, visits)
    answer = await client.get("/claims.csv", as_=OFFICER)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Days"], row["Amount (£)"], row["Invoice number"]) for row in rows] == [
        ("0.5", "175.00", "INV-7"),
        ("1.0", "350.00", "INV-7"),
    ]
    assert (await client.get("/claims.csv", as_=HEAD_OF_MILL)).text.count("INV-7") == 0
    listed = words(await client.get("/claims", as_=OFFICER))
    assert "£525" in listed
    assert "No claim waits for payment" in words(await client.get("/claims?show=approved", as_=OFFICER))


@pytest.mark.parametrize("state", ["returned", "credited"])
async def test_a_claim_is_deleted_seven_years_after_its_end(
    funds: Funds, client: Client, copy: DatabaseCopy, state: str
) -> None:
    """Its entries in the ledger stay."""
    database: Database = funds.database
    agreement_id, visits = await delivered(database, "0.5")
    claim = f"/claims/{await a_claim(database, agreement_id, visits)}"
    if state == "credited":
        await client.post(f"{claim}/approval", {}, as_=OFFICER)
    slug = "return" if state == "returned" else "credit-note"
    assert (await client.post(f"{claim}/{slug}", {"note": "Wrong"}, as_=OFFICER)).status_code == 303
    owner = await asyncpg.connect(copy.superuser_url)
    entries = await owner.fetchval("SELECT count(*) FROM ledger_posting")
    for years, left in ((6, 1), (8, 0)):
        async with database.transaction(NORTHSHIRE) as session:
            await purge_expired(session, system(NORTHSHIRE, APP_DAY + timedelta(days=366 * years)))
        assert await owner.fetchval("SELECT count(*) FROM claim") == left, years
        assert await owner.fetchval("SELECT count(*) FROM claim_line") == left, years
    assert await owner.fetchval("SELECT count(*) FROM ledger_posting") == entries
    await owner.close()
    await funds.read()
