"""Queries of what is committed of each fund, and of what it can still pay."""

from datetime import date
from decimal import Decimal

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.web.formatting import format_money


class FundLeft(msgspec.Struct, frozen=True):
    """A fund of the present financial year: its amount and what it can still pay, in pence.

    `pays` is true for the fund that pays for agreed support in the phase that was asked for.
    """

    fund: str
    pence: int
    left: int
    pays: bool

    def after(self, cost: int) -> str:
        """What is left after a cost in pence: “£24,300 of £25,000 left after this”."""
        return f"{format_money(self.left - cost)} of {format_money(self.pence)} left after this"


FUNDS_LEFT = Read(
    text(
        """
        SELECT f.key AS fund, left_account.balance + invoiced.balance + paid.balance AS pence,
               left_account.balance - left_account.reserved AS left,
               f.key = coalesce(fund_for_support(s.settings, :phase, s.year), '') AS pays
          FROM (SELECT settings_in_force(:authority_id) AS settings, financial_year(:today) AS year) s
          JOIN fund f ON f.authority_id = :authority_id AND f.financial_year = s.year
          JOIN ledger_account left_account
            ON left_account.authority_id = :authority_id AND left_account.id = f.account_id
          JOIN ledger_account invoiced
            ON invoiced.authority_id = :authority_id AND invoiced.id = f.invoiced_account_id
          JOIN ledger_account paid ON paid.authority_id = :authority_id AND paid.id = f.paid_account_id
         ORDER BY f.key COLLATE "C"
        """
    ),
    FundLeft,
)


async def funds_left(session: AsyncSession, person: Principal, phase: str | None = None) -> list[FundLeft]:
    """The funds of this financial year; `phase` is that of a need, for the fund that would pay for it."""
    values = {"authority_id": person.authority_id, "today": person.today, "phase": phase or ""}
    return await fetch_all(session, FUNDS_LEFT, values)


async def paying_fund(session: AsyncSession, person: Principal, phase: str) -> FundLeft | None:
    """The fund that pays for agreed support in a phase; None if the authority's plans do not count money."""
    matching = settings_of(person.authority_id).matching
    if not matching.mind_money or not matching.pence_per_day:
        return None
    return next((one for one in await funds_left(session, person, phase) if one.pays), None)


def cost_words(person: Principal, fund: FundLeft | None, days: Decimal) -> str | None:
    """What days of support cost a fund, and what is left then: “£700. £24,300 of £25,000 left after this”."""
    if fund is None:
        return None
    cost = int(days * settings_of(person.authority_id).matching.pence_per_day)
    return f"{format_money(cost)}. {fund.after(cost)}"


async def left_by_fund(session: AsyncSession, authority_id: int, today: date) -> dict[str, int]:
    """Pence that each fund of this financial year can still pay, by fund key."""
    values = {"authority_id": authority_id, "today": today, "phase": ""}
    return {one.fund: one.left for one in await fetch_all(session, FUNDS_LEFT, values)}
