"""Support takes its cost from the fund of its phase and year, never more than the fund has, and gives it back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from alongside.errors import ActionRefused
from alongside.features.agreements.endings.actions import end_early
from alongside.features.authorities.settings_cache import register_settings
from alongside.platform.database.session import Database
from alongside.platform.ledger.verification import ledger_faults
from tests.databases import DatabaseCopy, make_known
from tests.features.agreements.builders import acting, an_agreement
from tests.features.authorities.tenant_file_text import settings_with, store_settings
from tests.personas import HEAD_OF_MILL, NORTHSHIRE

RATE = 35_000
COLUMNS = text(
    "SELECT f.key, f.financial_year, a.balance - a.reserved AS left, a.reserved, a.shortfall FROM fund f"
    " JOIN ledger_account a ON a.id = f.account_id ORDER BY f.financial_year, f.key"
)


def fund(pence: int, year: str = "2026-27", phase: str = "primary") -> dict[str, Any]:
    """A fund for intervention, as a tenant declares it."""
    return {
        "label": f"Intervention {phase}",
        "source": "authority",
        "purpose": "intervention",
        "phase": phase,
        "pence": pence,
        "financial_year": year,
    }


class Funds:
    """Northshire's funds: applies settings, and reads what is left and committed."""

    def __init__(self, database: Database, copy: DatabaseCopy, folder: Path) -> None:
        self.database, self.copy, self.folder, self.version = database, copy, folder, 1

    async def apply(self, **funds: dict[str, Any]) -> None:
        """Apply settings with these funds."""
        self.version += 1
        settings = settings_with(self.folder, {"funds": funds})
        await store_settings(self.copy, settings, self.version)
        register_settings(settings, self.version)

    async def read(self) -> dict[str, tuple[int, int, int]]:
        """Left, committed and shortfall of each fund; the books must be in order."""
        async with self.database.transaction(NORTHSHIRE) as session:
            assert await ledger_faults(session, NORTHSHIRE) == []
            rows = await session.execute(COLUMNS)
            return {
                f"{row.key} {row.financial_year}": (row.left, row.reserved, row.shortfall) for row in rows
            }

    async def run(self, sql: str, **values: object) -> None:
        """Run SQL as the app's role, with the app bypassed."""
        async with self.database.transaction(NORTHSHIRE) as session:
            await session.execute(text(sql), values)

    async def move(self, agreement_id: UUID, starts_on: str, ends_on: str) -> None:
        """Change the dates of an agreement."""
        await self.run(
            f"UPDATE support_agreement SET starts_on = '{starts_on}', ends_on = '{ends_on}' WHERE id = :id",
            id=agreement_id,
        )


@pytest.fixture
async def funds(database: Database, copy: DatabaseCopy, tmp_path: Path) -> AsyncIterator[Funds]:
    """One fund of ten days for primary schools, one for secondary schools."""
    made = Funds(database, copy, tmp_path)
    await made.apply(first=fund(10 * RATE), second=fund(99 * RATE, phase="secondary"))
    yield made
    make_known("northshire")


async def an_agreement_of_this_year(funds: Funds, days: str = "2") -> UUID:
    """Support in February and March 2027."""
    return await an_agreement(funds.database, days=days, pool="12")


async def test_an_accepted_proposal_commits_its_cost_and_an_early_end_gives_it_back(funds: Funds) -> None:
    """From the fund of its phase alone; each entry names the agreement and the person."""
    agreement_id = await an_agreement_of_this_year(funds)
    other = (99 * RATE, 0, 0)
    assert await funds.read() == {"first 2026-27": (8 * RATE, 2 * RATE, 0), "second 2026-27": other}
    async with funds.database.transaction(NORTHSHIRE) as session:
        await end_early(session, acting(HEAD_OF_MILL), agreement_id, "other", "They moved on")
        found = (
            await session.execute(
                text(
                    "SELECT c.decision_id, c.person_id, r.outcome, r.person_id AS by FROM ledger_commitment c"
                    " JOIN ledger_resolution r ON r.commitment_id = c.id"
                )
            )
        ).one()
    assert tuple(found) == (agreement_id, HEAD_OF_MILL.person_id, "released", HEAD_OF_MILL.person_id)
    assert (await funds.read())["first 2026-27"] == (10 * RATE, 0, 0)


async def test_support_that_the_fund_cannot_pay_is_not_agreed(funds: Funds) -> None:
    with pytest.raises(ActionRefused, match="has too little left. Propose fewer days"):
        await an_agreement_of_this_year(funds, "11")
    assert (await funds.read())["first 2026-27"] == (10 * RATE, 0, 0)
    agreement_id = await an_agreement_of_this_year(funds, "9")
    with pytest.raises(IntegrityError, match="ck_ledger_account_floor"):
        await funds.run("UPDATE support_agreement SET days = 11 WHERE id = :id", id=agreement_id)
    assert (await funds.read())["first 2026-27"] == (RATE, 9 * RATE, 0)


async def test_an_agreement_across_the_first_of_april_draws_on_the_fund_of_each_year(funds: Funds) -> None:
    """Days that are not visits yet follow the days of the agreement in each year, in half days."""
    agreement_id = await an_agreement_of_this_year(funds)
    two = {"first": fund(10 * RATE, "2030-31"), "next": fund(10 * RATE, "2031-32")}
    await funds.apply(**two)
    await funds.move(agreement_id, "2031-03-18", "2031-04-14")
    found = await funds.read()
    assert found["first 2030-31"] == (9 * RATE, RATE, 0)
    assert found["next 2031-32"] == (9 * RATE, RATE, 0)
    assert found["first 2026-27"] == (10 * RATE, 0, 0)
    await funds.move(agreement_id, "2031-03-04", "2031-04-14")
    assert [(await funds.read())[key][1] for key in ("first 2030-31", "next 2031-32")] == [
        RATE * 3 // 2,
        RATE // 2,
    ]


async def test_a_fund_that_is_declared_later_pays_for_what_was_agreed_before(funds: Funds) -> None:
    agreement_id = await an_agreement_of_this_year(funds)
    await funds.move(agreement_id, "2032-05-01", "2032-06-01")
    assert (await funds.read())["first 2026-27"] == (10 * RATE, 0, 0)
    await funds.apply(first=fund(10 * RATE), later=fund(5 * RATE, "2032-33"))
    assert (await funds.read())["later 2032-33"] == (3 * RATE, 2 * RATE, 0)


async def test_a_lowered_amount_is_a_version_and_leaves_a_shortfall(funds: Funds) -> None:
    """It is flagged and not an error; support may become less, and nothing new is agreed until there is money."""
    agreement_id = await an_agreement_of_this_year(funds, "6")
    await funds.apply(first=fund(4 * RATE))
    assert (await funds.read())["first 2026-27"] == (-2 * RATE, 6 * RATE, 2 * RATE)
    await funds.run("UPDATE support_agreement SET days = 5 WHERE id = :id", id=agreement_id)
    assert (await funds.read())["first 2026-27"] == (-RATE, 5 * RATE, RATE)
    with pytest.raises(IntegrityError, match="ck_ledger_account_floor"):
        await funds.run("UPDATE support_agreement SET days = 6 WHERE id = :id", id=agreement_id)
    await funds.apply(first=fund(7 * RATE))
    assert (await funds.read())["first 2026-27"] == (2 * RATE, 5 * RATE, 0)
    async with funds.database.transaction(NORTHSHIRE) as session:
        amounts = await session.execute(
            text(
                "SELECT version, pence, said_by FROM fund_amount JOIN fund ON fund.id = fund_id WHERE key = 'first'"
                " ORDER BY version"
            )
        )
        assert [tuple(row) for row in amounts] == [
            (1, 10 * RATE, "Settings version 2, applied by operator"),
            (2, 4 * RATE, "Settings version 3, applied by operator"),
            (3, 7 * RATE, "Settings version 4, applied by operator"),
        ]


async def test_a_changed_day_rate_leaves_agreed_support_at_its_rate(funds: Funds) -> None:
    agreement_id = await an_agreement_of_this_year(funds)
    settings = settings_with(
        funds.folder, {"funds": {"first": fund(10 * RATE)}, "matching": {"pence_per_day": 70_000}}
    )
    await store_settings(funds.copy, settings, 3)
    await funds.run("UPDATE support_agreement SET days = 3 WHERE id = :id", id=agreement_id)
    assert (await funds.read())["first 2026-27"] == (7 * RATE, 3 * RATE, 0)
