"""Queries of the funds’ columns and of their transactions, read from the ledger.

The columns are disjoint: left = allocated - committed - invoiced - paid. All amounts are in pence.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.funding.requester import name_person
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all, fetch_one

PAGE_SIZE = 25


class FundRow(msgspec.Struct, frozen=True):
    """A fund with its columns; `shortfall` is by how much more is committed than a lowered amount."""

    id: UUID
    key: str
    financial_year: str
    label: str
    source: str
    purpose: str
    phase: str
    held_by: str
    section_251_line: str
    allocated: int
    committed: int
    invoiced: int
    paid: int
    left: int
    shortfall: int


class Share(msgspec.Struct, frozen=True):
    """What one school has taken of a fund; without a name if the agreement was deleted after its retention period."""

    school: str | None
    consortium: str | None
    committed: int
    invoiced: int
    paid: int


class Entry(msgspec.Struct, frozen=True):
    """One entry of a fund: its amount, by how much it changes what is left (`pence`), why, and who made it."""

    at: datetime
    what: str
    amount: int
    pence: int
    subject_kind: str | None
    subject_id: UUID | None
    school: str | None
    because: str
    person: str | None


class Amount(msgspec.Struct, frozen=True):
    """A version of a fund's amount, with its source and approval."""

    version: int
    pence: int
    said_by: str
    approval: str
    at: datetime


_COLUMNS = """
    SELECT f.id, f.key, f.financial_year, f.label, f.source, f.purpose, f.phase, f.held_by, f.section_251_line,
           one.balance + invoiced.balance + paid.balance AS allocated, one.reserved AS committed,
           invoiced.balance AS invoiced, paid.balance AS paid, one.balance - one.reserved AS left, one.shortfall
      FROM fund f
      JOIN ledger_account one ON one.authority_id = f.authority_id AND one.id = f.account_id
      JOIN ledger_account invoiced ON invoiced.authority_id = f.authority_id AND invoiced.id = f.invoiced_account_id
      JOIN ledger_account paid ON paid.authority_id = f.authority_id AND paid.id = f.paid_account_id
     WHERE f.authority_id = :authority_id
"""
FUNDS = Read(
    text(f'{_COLUMNS} AND f.financial_year = :year ORDER BY f.label, f.key COLLATE "C"'),
    FundRow,
)
FUND = Read(text(f"{_COLUMNS} AND f.id = :fund_id"), FundRow)
YEARS = Read(
    text(
        "SELECT DISTINCT financial_year FROM fund WHERE authority_id = :authority_id ORDER BY financial_year DESC"
    ),
    str,
)
AMOUNTS = Read(
    text(
        "SELECT version, pence, said_by, approval, at FROM fund_amount"
        " WHERE authority_id = :authority_id AND fund_id = :fund_id ORDER BY version DESC"
    ),
    Amount,
)
_SCHOOL = """
    LEFT JOIN claim k ON k.authority_id = :authority_id AND k.id = {0}
    LEFT JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = coalesce(k.agreement_id, {0})
    LEFT JOIN escalation e ON e.authority_id = :authority_id AND e.id = {0}
    LEFT JOIN school s ON s.authority_id = :authority_id AND s.urn = coalesce(p.requesting_urn, e.school_urn)
"""
SHARES = Read(
    text(
        f"""
        WITH taken AS (
            SELECT fc.subject_id, c.amount AS committed, 0 AS invoiced, 0 AS paid
              FROM fund_commitment fc
              JOIN ledger_commitment c ON c.authority_id = :authority_id AND c.id = fc.commitment_id
             WHERE fc.authority_id = :authority_id AND fc.fund_id = :fund_id
               AND NOT EXISTS (SELECT FROM ledger_resolution r
                                WHERE r.authority_id = :authority_id AND r.commitment_id = c.id)
            UNION ALL
            SELECT t.decision_id, 0, CASE WHEN post.account_id = f.invoiced_account_id THEN post.amount ELSE 0 END,
                   CASE WHEN post.account_id = f.paid_account_id THEN post.amount ELSE 0 END
              FROM fund f
              JOIN ledger_posting post ON post.authority_id = :authority_id
               AND post.account_id IN (f.invoiced_account_id, f.paid_account_id)
              JOIN ledger_transaction t ON t.authority_id = :authority_id AND t.id = post.transaction_id
             WHERE f.authority_id = :authority_id AND f.id = :fund_id)
        SELECT s.name AS school, min(c.name) AS consortium, sum(taken.committed)::bigint AS committed,
               sum(taken.invoiced)::bigint AS invoiced, sum(taken.paid)::bigint AS paid
          FROM taken {_SCHOOL.format("taken.subject_id")}
          LEFT JOIN consortium_membership m ON m.authority_id = :authority_id AND m.school_urn = s.urn
                                           AND m.phase = s.phase AND m.ends_on IS NULL
          LEFT JOIN consortium c ON c.authority_id = :authority_id AND c.id = m.consortium_id
         GROUP BY s.urn, s.name
        HAVING sum(taken.committed + taken.invoiced + taken.paid) <> 0
         ORDER BY consortium NULLS LAST, school NULLS LAST
        """  # noqa: S608  (only our own SQL is put in)
    ),
    Share,
)
ENTRIES = Read(
    text(
        f"""
        SELECT entry.at, entry.what, entry.amount, entry.pence, entry.kind, entry.subject, s.name,
               entry.because, who.name
          FROM (
            SELECT c.id, c.at, 'committed' AS what, c.amount AS amount, -c.amount AS pence, c.decision_kind AS kind,
                   c.decision_id AS subject, '' AS because, c.person_id
              FROM ledger_commitment c JOIN fund f ON f.authority_id = :authority_id AND f.id = :fund_id
             WHERE c.authority_id = :authority_id AND c.from_account_id = f.account_id
            UNION ALL
            SELECT c.id, r.at, r.outcome, CASE WHEN r.amount > 0 THEN r.amount ELSE c.amount END,
                   c.amount - r.amount, r.decision_kind, r.decision_id, '', r.person_id
              FROM ledger_resolution r
              JOIN ledger_commitment c ON c.authority_id = :authority_id AND c.id = r.commitment_id
              JOIN fund f ON f.authority_id = :authority_id AND f.id = :fund_id
             WHERE r.authority_id = :authority_id AND c.from_account_id = f.account_id
            UNION ALL
            SELECT t.id, t.at, CASE WHEN t.corrects IS NULL THEN 'allocated' ELSE 'credited' END, post.amount,
                   post.amount, t.decision_kind, t.decision_id,
                   CASE WHEN t.corrects IS NULL
                        THEN coalesce(nullif(a.approval, '') || '. ', '') || coalesce(a.said_by, t.cause) ELSE '' END,
                   t.person_id
              FROM fund f
              JOIN ledger_posting post ON post.authority_id = :authority_id AND post.account_id = f.account_id
              JOIN ledger_transaction t ON t.authority_id = :authority_id AND t.id = post.transaction_id
              LEFT JOIN fund_amount a ON a.authority_id = :authority_id AND a.transaction_id = t.id
             WHERE f.authority_id = :authority_id AND f.id = :fund_id
               AND NOT EXISTS (SELECT FROM ledger_resolution r
                                WHERE r.authority_id = :authority_id AND r.cause = t.cause)
            UNION ALL
            SELECT t.id, t.at, CASE WHEN post.amount > 0 THEN 'paid' ELSE 'payment_credited' END, abs(post.amount), 0,
                   t.decision_kind, t.decision_id, '', t.person_id
              FROM fund f
              JOIN ledger_posting post ON post.authority_id = :authority_id AND post.account_id = f.paid_account_id
              JOIN ledger_transaction t ON t.authority_id = :authority_id AND t.id = post.transaction_id
             WHERE f.authority_id = :authority_id AND f.id = :fund_id
          ) entry {_SCHOOL.format("entry.subject")}
          LEFT JOIN person who ON who.authority_id = :authority_id AND who.id = entry.person_id
         ORDER BY entry.at DESC, entry.id DESC, entry.what
         LIMIT CAST(:size AS integer) OFFSET CAST(:skipped AS integer)
        """  # noqa: S608  (only our own SQL is put in)
    ),
    Entry,
)


async def funds_of_year(session: AsyncSession, person: Principal, year: str) -> list[FundRow]:
    """Return the funds of a financial year."""
    return await fetch_all(session, FUNDS, {"authority_id": person.authority_id, "year": year})


async def years_of_funds(session: AsyncSession, person: Principal) -> list[str]:
    """Return the financial years that have funds, newest first."""
    return await fetch_all(session, YEARS, {"authority_id": person.authority_id})


async def get_fund(session: AsyncSession, person: Principal, fund_id: UUID) -> FundRow | None:
    """Return one fund."""
    return await fetch_one(session, FUND, {"authority_id": person.authority_id, "fund_id": fund_id})


async def amounts_of(session: AsyncSession, person: Principal, fund_id: UUID) -> list[Amount]:
    """Return the versions of a fund's amount, newest first."""
    return await fetch_all(session, AMOUNTS, {"authority_id": person.authority_id, "fund_id": fund_id})


async def shares_of(session: AsyncSession, person: Principal, fund_id: UUID) -> list[Share]:
    """Return what each school has taken of a fund, by consortium."""
    await name_person(session, person)
    return await fetch_all(session, SHARES, {"authority_id": person.authority_id, "fund_id": fund_id})


async def entries_of(
    session: AsyncSession, person: Principal, fund_id: UUID, number: int | None
) -> tuple[list[Entry], bool]:
    """Return a page of a fund's entries, newest first, and whether there are more; all without a number."""
    await name_person(session, person)
    size = PAGE_SIZE + 1 if number else 1_000_000
    skipped = (number - 1) * PAGE_SIZE if number else 0
    values = {
        "authority_id": person.authority_id,
        "fund_id": fund_id,
        "size": size,
        "skipped": skipped,
    }
    found = await fetch_all(session, ENTRIES, values)
    return (found[:PAGE_SIZE], len(found) > PAGE_SIZE) if number else (found, False)
