"""Agreed support that no fund pays for: its list for a year, and the daily job that commits it once it can."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import Date, Integer, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.jobs.scheduler import ScheduledJob


class UnpaidSupport(msgspec.Struct, frozen=True):
    """An agreement with days in a financial year for which no fund has committed money, and their cost in pence."""

    agreement_id: UUID
    requesting_name: str
    supporting_name: str
    days: Decimal
    pence: int


_WITHOUT_FUND = """
    FROM support_agreement p
    JOIN school asking ON asking.authority_id = :authority_id AND asking.urn = p.requesting_urn
    JOIN school giving ON giving.authority_id = :authority_id AND giving.urn = p.supporting_urn
    CROSS JOIN LATERAL days_by_financial_year(:authority_id, p.id) spread (year, days)
    LEFT JOIN LATERAL (
        SELECT sum(fc.days) AS days, min(fc.pence_per_day) AS rate
          FROM fund_commitment fc
          JOIN fund f ON f.authority_id = :authority_id AND f.id = fc.fund_id AND f.financial_year = spread.year
         WHERE fc.authority_id = :authority_id AND fc.subject_id = p.id
           AND NOT EXISTS (SELECT FROM ledger_resolution r
                            WHERE r.authority_id = :authority_id AND r.commitment_id = fc.commitment_id)
    ) held ON true
   WHERE p.authority_id = :authority_id AND (p.state IN ('preparing', 'active') OR p.days_used > 0)
     AND p.ends_on >= CAST(:first_day AS date) - 92 AND spread.days > coalesce(held.days, 0)
     AND EXISTS (SELECT FROM fund WHERE authority_id = :authority_id)
"""
OF_YEAR = Read(
    text(
        f"""
        SELECT p.id, asking.name, giving.name, spread.days - coalesce(held.days, 0) AS days,
               floor((spread.days - coalesce(held.days, 0)) * coalesce(held.rate, :rate))::bigint
        {_WITHOUT_FUND} AND spread.year = :year ORDER BY asking.name, giving.name, p.id
        """
    ).bindparams(bindparam("first_day", type_=Date), bindparam("rate", type_=Integer)),
    UnpaidSupport,
)
TRY_AGAIN = text(
    f"""
    UPDATE support_agreement SET days = days
     WHERE authority_id = :authority_id AND id IN (SELECT p.id {_WITHOUT_FUND})
    """  # noqa: S608  (only our own SQL is put in)
).bindparams(bindparam("first_day", type_=Date))
"""The trigger of agreements commits what a fund can pay; what it cannot pay stays on the list."""


async def support_without_fund(session: AsyncSession, person: Principal, year: str) -> list[UnpaidSupport]:
    """Return the agreed support of a financial year that no fund pays for; none if plans do not count money."""
    matching = settings_of(person.authority_id).matching
    if not matching.mind_money or not matching.pence_per_day:
        return []
    values = {
        "authority_id": person.authority_id,
        "year": year,
        "first_day": date(int(year[:4]), 4, 1),
        "rate": matching.pence_per_day,
    }
    return await fetch_all(session, OF_YEAR, values)


async def commit_waiting_support(session: AsyncSession, person: Principal) -> None:
    """Commit agreed support for which a fund has money again. `person` is the system."""
    if settings_of(person.authority_id).matching.mind_money:
        first_day = person.today - timedelta(days=366)
        await session.execute(TRY_AGAIN, {"authority_id": person.authority_id, "first_day": first_day})


JOBS = (ScheduledJob(6, commit_waiting_support),)
