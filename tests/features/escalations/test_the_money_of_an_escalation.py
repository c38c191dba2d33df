"""No fund pays more than it has: procured support, plans, and the new financial year."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from sqlalchemy import text

from alongside.errors import ValidationFailed
from alongside.features.authorities.settings_cache import register_settings
from alongside.features.escalations.state_changes import actions
from alongside.features.escalations.triage.forms import Decision
from alongside.features.matching.problem_input.builder import build_instance
from alongside.platform.database.session import Database
from alongside.platform.ledger.verification import ledger_faults
from alongside.platform.school_calendar.calendar import financial_year
from tests.client import Client, words
from tests.databases import DatabaseCopy, make_known
from tests.features.agreements.builders import a_need, a_proposal, an_agreement
from tests.features.authorities.tenant_file_text import settings_with, store_settings
from tests.features.escalations.builders import CHALLENGE, PROCURED, TODAY, acting, an_escalation, look
from tests.features.escalations.test_statutory_powers import raw
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, LEAD_OF_SOUTH, LOCK, MILL, NORTHSHIRE, OFFICER, PARK

THIS_YEAR, FUND = financial_year(TODAY), 60_000_000


def fund(
    year: str, purpose: str = "intervention", phase: str = "primary", pence: int = FUND
) -> dict[str, Any]:
    """A fund as a tenant declares it."""
    return {
        "label": f"Fund of {year}",
        "source": "authority",
        "purpose": purpose,
        "phase": phase,
        "pence": pence,
        "financial_year": year,
    }


@pytest.fixture
async def funded(database: Database, copy: DatabaseCopy, tmp_path: Path) -> AsyncIterator[Database]:
    """Northshire with 600,000 pounds for primary schools this year, and a fund of an earlier one."""
    funds = {"now": fund(THIS_YEAR), "past": fund("2023-24")}
    settings = settings_with(tmp_path, {"funds": funds})
    await store_settings(copy, settings)
    register_settings(settings, 2)
    yield database
    make_known("northshire")


async def acknowledged(database: Database, urn: int = MILL) -> UUID:
    """An escalation that waits for a decision."""
    escalation_id = await an_escalation(database, LEAD_OF_SOUTH if urn == LOCK else LEAD_OF_NORTH, urn)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.acknowledge_escalation(session, acting(OFFICER), escalation_id)
    return escalation_id


async def procure(database: Database, escalation_id: UUID, pence: int, key: str = "now") -> None:
    """Decide that somebody is procured for so much."""
    decided: Decision = {**PROCURED, "provider_pence": pence, "fund": key}
    async with database.transaction(NORTHSHIRE) as session:
        await actions.decide_escalation(session, acting(OFFICER), escalation_id, decided)


async def balance(database: Database) -> int:
    """What escalations have committed of this year's fund."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert await ledger_faults(session, NORTHSHIRE) == []
        found = await session.scalar(
            text(
                "SELECT sum(c.amount) FROM ledger_commitment c JOIN fund_commitment f ON f.commitment_id = c.id"
                " WHERE f.subject_kind = 'escalation' AND NOT EXISTS"
                " (SELECT FROM ledger_resolution r WHERE r.commitment_id = c.id)"
            )
        )
        return int(found or 0)


async def test_five_million_from_a_fund_of_six_hundred_thousand_is_refused(
    funded: Database, client: Client
) -> None:
    """With what was typed, beside the field; by PostgreSQL, not by the form alone; the rest of the fund is there."""
    escalation_id = await acknowledged(funded)
    version = str((await look(funded, escalation_id)).version)
    typed = {
        "version": version,
        "outcome": "procured",
        "provider": "Fenland Teaching Hub",
        "provider_pence": "5,000,000",
        "fund": "now",
        "decision": "Fenland leads three reviews",
    }
    answer = await client.post(f"/escalations/{escalation_id}/decision", typed, as_=OFFICER)
    assert answer.status_code == 422
    assert "more than the fund has left" in answer.text and "Fenland leads three reviews" in answer.text
    sql = (
        "UPDATE escalation SET outcome = 'procured', provider = 'P', fund = :fund, provider_pence = :pence,"
        " decision = 'd' WHERE id = :id"
    )
    said = await raw(funded, OFFICER, sql, fund="now", pence=FUND + 1, id=escalation_id)
    assert said == "ck_ledger_account_floor"
    assert await raw(funded, OFFICER, sql, fund="now", pence=FUND, id=escalation_id) == ""
    assert await raw(funded, OFFICER, sql, fund="nowhere", pence=1, id=escalation_id) == "fund_of_this_year"
    assert await raw(funded, OFFICER, sql, fund="past", pence=1, id=escalation_id) == "fund_of_this_year"
    assert await raw(funded, OFFICER, sql, fund="other", pence=FUND * 2, id=escalation_id) == ""


async def test_the_balance_is_shown_before_and_after_a_decision_that_costs_money(
    funded: Database, client: Client
) -> None:
    """Two agreed days and a procurement are subtracted; the page of a proposal and of replies say what is left."""
    await an_agreement(funded, days="2", pool="6")
    escalation_id = await acknowledged(funded, PARK)
    where = f"/escalations/{escalation_id}/decision"
    form = (await client.get(where, as_=OFFICER)).text
    assert "£599,300 of £600,000 left" in form
    typed = {
        "version": str((await look(funded, escalation_id)).version),
        "outcome": "procured",
        "provider": "Fenland Teaching Hub",
        "provider_pence": "9,300",
        "fund": "now",
        "decision": "Fenland leads three reviews",
    }
    answer = await client.post(where, typed, as_=OFFICER)
    assert "£590,000 of £600,000 left after this" in unquote(answer.headers["set-cookie"])
    proposal_id = await a_proposal(funded, days="3")
    said = "£1,050. £588,950 of £600,000 left after this"
    page = await client.get(f"/proposals/{proposal_id}", as_=HEAD_OF_MILL)
    assert f"Cost to the fund: {said}" in words(page)
    async with funded.transaction(NORTHSHIRE) as session:
        need_id = await session.scalar(
            text("SELECT need_id FROM proposal WHERE id = :id"), {"id": proposal_id}
        )
    assert said in words(await client.get(f"/needs/{need_id}/replies", as_=HEAD_OF_MILL))


async def test_a_fund_is_shared_by_all_escalations_and_what_is_freed_can_be_taken(funded: Database) -> None:
    first, second = await acknowledged(funded), await acknowledged(funded, PARK)
    await procure(funded, first, FUND - 100)
    with pytest.raises(ValidationFailed) as refused:
        await procure(funded, second, 101)
    assert "more than the fund has left" in refused.value.mistakes["provider_pence"][0]
    await procure(funded, first, FUND // 2)
    await procure(funded, second, FUND // 2)
    assert await balance(funded) == FUND
    async with funded.transaction(NORTHSHIRE) as session:
        await actions.decide_escalation(session, acting(OFFICER), first, CHALLENGE)
    assert await balance(funded) == FUND // 2


async def test_two_officers_at_once_cannot_spend_the_same_money(funded: Database) -> None:
    """The second waits for the first and is refused, whatever it read before."""
    first, second = await acknowledged(funded), await acknowledged(funded, PARK)
    decided: Decision = {**PROCURED, "provider_pence": FUND // 2 + 1, "fund": "now"}
    async with funded.transaction(NORTHSHIRE) as session:
        await actions.decide_escalation(session, acting(OFFICER), first, decided)
        late = asyncio.create_task(procure(funded, second, FUND // 2 + 1))
        done, _ = await asyncio.wait([late], timeout=0.5)
        assert not done, "it did not wait"
    with pytest.raises(ValidationFailed):
        await late
    assert await balance(funded) == FUND // 2 + 1


async def pence_left(database: Database, today: date) -> dict[str, int]:
    """What a plan may spend on a day, by fund."""
    async with database.transaction(NORTHSHIRE) as session:
        instance = await build_instance(session, NORTHSHIRE, today, None)
    return {one.pool: one.pence for one in instance.budgets}


async def test_a_plan_may_spend_what_escalations_left(funded: Database) -> None:
    """Agreed support counts against both; so escalations cannot take what schools have agreed."""
    assert await pence_left(funded, TODAY) == {"now": FUND}
    escalation_id = await acknowledged(funded)
    await procure(funded, escalation_id, FUND - 1_000_000)
    assert await pence_left(funded, TODAY) == {"now": 1_000_000}
    await an_agreement(funded)
    left = (await pence_left(funded, TODAY))["now"]
    assert 0 < left < 1_000_000
    with pytest.raises(ValidationFailed):
        await procure(funded, escalation_id, FUND - 1_000_000 + left + 1)
    await procure(funded, await acknowledged(funded, LOCK), left)
    assert await pence_left(funded, TODAY) == {"now": 0}


async def test_on_the_first_of_april_without_a_new_fund_there_is_no_money(funded: Database) -> None:
    """Not money without limit: the plan finds nobody, and says that the fund cannot pay."""
    async with funded.transaction(NORTHSHIRE) as session:
        await a_need(session, MILL, days=2)
    next_april = date(int(THIS_YEAR[:4]) + 1, 4, 1)
    assert await pence_left(funded, next_april) == {"now": 0}
    assert await pence_left(funded, date(next_april.year, 3, 31)) == {"now": FUND}


async def test_without_any_fund_money_does_not_matter(database: Database) -> None:
    assert await pence_left(database, TODAY) == {}


async def test_the_financial_year_is_the_same_in_python_and_postgresql(database: Database) -> None:
    days = [date(2026, 3, 31), date(2026, 4, 1), date(2027, 1, 31), date(2099, 4, 1), date(2028, 2, 29)]
    assert [financial_year(day) for day in days] == ["2025-26", "2026-27", "2026-27", "2099-00", "2027-28"]
    async with database.transaction(NORTHSHIRE) as session:
        for day in days:
            found = await session.scalar(text("SELECT financial_year(CAST(:day AS date))"), {"day": day})
            assert found == financial_year(day)
