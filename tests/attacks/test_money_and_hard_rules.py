"""Injected SQL with the app's role, in its own authority: no total of a fund and no hard rule can be changed by it."""

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from alongside.platform.database.session import Database
from tests.features.agreements.builders import a_pair, a_proposal, look
from tests.features.agreements.test_hard_rules import INTEREST, YESTERDAY, may_override, run
from tests.features.escalations.test_the_money_of_an_escalation import (
    FUND,
    acknowledged,
    balance,
    funded,
    procure,
)
from tests.personas import HEAD_OF_PARK, MILL, NORTHSHIRE, PARK

__all__ = ["funded", "may_override"]

OF_FUND = "(SELECT account_id FROM fund WHERE key = 'now')"
OUTSIDE = "(SELECT id FROM ledger_account WHERE key = 'money given to funds')"
COMMITTED = "(SELECT commitment_id FROM fund_commitment)"
TOTALS = (
    "UPDATE ledger_account SET balance = balance + 1",
    "UPDATE ledger_account SET reserved = 0",
    "UPDATE ledger_account SET floor = -1",
    "DELETE FROM ledger_commitment",
    "UPDATE fund_amount SET pence = pence + 1",
    f"INSERT INTO ledger_posting (authority_id, transaction_id, account_id, amount)"
    f" SELECT {NORTHSHIRE}, id, {OF_FUND}, 100 FROM ledger_transaction LIMIT 1",
    f"INSERT INTO ledger_posting (authority_id, transaction_id, account_id, amount)"
    f" SELECT {NORTHSHIRE}, id, {OUTSIDE}, -100 FROM ledger_transaction LIMIT 1",
    f"INSERT INTO ledger_resolution (authority_id, commitment_id, outcome, cause)"
    f" VALUES ({NORTHSHIRE}, {COMMITTED}, 'released', 'x')",
    f"INSERT INTO ledger_commitment (authority_id, from_account_id, to_account_id, amount, cause)"
    f" VALUES ({NORTHSHIRE}, {OF_FUND}, {OUTSIDE}, 5, 'x')",
    f"SELECT commit_from_funds({NORTHSHIRE}, 'escalation', (SELECT id FROM escalation LIMIT 1), '{{}}')",
    "SELECT FROM ledger_account FOR UPDATE",
    "TRUNCATE ledger_posting",
)


async def refused(database: Database, sql: str, **values: Any) -> str:
    """The SQLSTATE with which PostgreSQL refuses a statement; empty if it does not."""
    try:
        await run(database, sql, **values)
    except DBAPIError as error:
        return str(getattr(getattr(error.orig, "__cause__", None), "sqlstate", ""))
    return ""


@pytest.mark.parametrize("sql", TOTALS)
async def test_no_statement_changes_the_total_of_a_fund(funded: Database, sql: str) -> None:
    await procure(funded, await acknowledged(funded), 1_000)
    assert await refused(funded, sql) in ("42501", "0A000")
    assert await balance(funded) == 1_000


async def test_an_escalation_still_takes_from_its_fund_and_gives_back(funded: Database) -> None:
    """Through the trigger, up to the limit, although the app's role may not write the balance."""
    escalation_id = await acknowledged(funded)
    await procure(funded, escalation_id, FUND)
    assert await balance(funded) == FUND
    await procure(funded, escalation_id, 7)
    assert await balance(funded) == 7


async def test_a_proposal_checked_on_another_day_is_still_checked_today(database: Database) -> None:
    """There is no column left with which a statement could choose the day of the check."""
    proposal_id = await a_proposal(database, designation="nle")
    await run(database, f"UPDATE offer SET designation_until = '{YESTERDAY}'")
    assert await refused(database, "UPDATE proposal SET checked_on = '2026-01-01'") == "42703"
    with pytest.raises(IntegrityError, match="designation_expired"):
        await run(
            database, "UPDATE proposal SET requesting_accepted_at = now() WHERE id = :id", id=proposal_id
        )


@pytest.mark.usefixtures("may_override")
async def test_a_reason_written_later_sets_no_interest_aside(database: Database) -> None:
    """Not even where the authority allows a reason: both schools must have read it in the proposal."""
    proposal_id = await a_proposal(database, designation="nle")
    await run(database, INTEREST.format(own=MILL))
    for change in (
        "interest_reason = 'Because I say so'",
        "interest_reason = 'Because I say so', requesting_accepted_at = now()",
        "interest_reason = 'Because I say so', state = 'agreed'",
        "offer_id = uuidv7()",
        "need_id = uuidv7()",
        "proposed_as = 'requesting'",
        "proposed_by = NULL",
    ):
        with pytest.raises(IntegrityError, match="keeps its pair"):
            await run(database, f"UPDATE proposal SET {change} WHERE id = :id", id=proposal_id)
    assert (await look(database, "proposal", proposal_id)).interest_reason is None


PROPOSED = f"""
    INSERT INTO proposal (authority_id, need_id, offer_id, requesting_urn, supporting_urn, state, days, starts_on,
                          ends_on, message, proposed_by, proposed_as, respond_by, interest_reason)
    VALUES ({NORTHSHIRE}, :need, :offer, {MILL}, {PARK}, 'proposed', 1, '2027-01-11', '2027-03-19', '',
            '{HEAD_OF_PARK.person_id}', 'supporting', '2027-01-10', 'Because I say so')
"""


async def test_a_reason_inserted_where_the_authority_allows_none_sets_nothing_aside(
    database: Database,
) -> None:
    need_id, offer_id = await a_pair(database, designation="nle")
    await run(database, INTEREST.format(own=MILL))
    with pytest.raises(IntegrityError, match="pair_barred: interest"):
        await run(database, PROPOSED, need=need_id, offer=offer_id)


@pytest.mark.usefixtures("may_override")
async def test_a_reason_inserted_where_the_authority_allows_one_is_read_by_both(database: Database) -> None:
    need_id, offer_id = await a_pair(database, designation="nle")
    await run(database, INTEREST.format(own=MILL))
    await run(database, PROPOSED, need=need_id, offer=offer_id)
    [row] = await look(database, "proposal")
    assert row.interest_reason == "Because I say so"


async def test_a_declined_pair_stays_declined(database: Database) -> None:
    proposal_id = await a_proposal(database)
    await run(
        database,
        "UPDATE proposal SET state = 'declined', declined_by = 'requesting', not_again_before = '2027-01-11'",
    )
    for change in ("not_again_before = '2026-01-01'", "declined_by = 'supporting'"):
        with pytest.raises(IntegrityError, match="keeps its pair"):
            await run(database, f"UPDATE proposal SET {change} WHERE id = :id", id=proposal_id)
