"""Recomputes the ledger of an authority from its entries and reports each difference."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

FAULTS = text(
    """
    WITH open_commitment AS (
        SELECT c.* FROM ledger_commitment c
         WHERE c.authority_id = :authority_id
           AND NOT EXISTS (SELECT FROM ledger_resolution r
                            WHERE r.authority_id = c.authority_id AND r.commitment_id = c.id)),
    posted AS (
        SELECT account_id, sum(amount) AS amount FROM ledger_posting
         WHERE authority_id = :authority_id GROUP BY account_id),
    given AS (SELECT from_account_id, sum(amount) AS amount FROM open_commitment GROUP BY from_account_id),
    received AS (SELECT to_account_id, sum(amount) AS amount FROM open_commitment GROUP BY to_account_id),
    recomputed AS (
        SELECT a.*, coalesce(p.amount, 0) AS sum_posted, coalesce(g.amount, 0) AS sum_reserved,
               coalesce(e.amount, 0) AS sum_expected
          FROM ledger_account a
          LEFT JOIN posted p ON p.account_id = a.id
          LEFT JOIN given g ON g.from_account_id = a.id
          LEFT JOIN received e ON e.to_account_id = a.id
         WHERE a.authority_id = :authority_id)
    SELECT 'account ' || key || ': the balance is ' || balance || ', its postings sum to ' || sum_posted AS fault
      FROM recomputed WHERE balance <> sum_posted
    UNION ALL
    SELECT 'account ' || key || ': ' || reserved || ' is reserved, its open commitments sum to ' || sum_reserved
      FROM recomputed WHERE reserved <> sum_reserved
    UNION ALL
    SELECT 'account ' || key || ': ' || expected || ' is expected, its open commitments sum to ' || sum_expected
      FROM recomputed WHERE expected <> sum_expected
    UNION ALL
    SELECT 'account ' || key || ': it is beyond its limit'
      FROM recomputed WHERE sum_posted - sum_reserved < floor - shortfall OR sum_posted + sum_expected > ceiling
    UNION ALL
    SELECT 'transaction ' || t.id || ': ' || count(p.account_id) || ' postings of ' || count(DISTINCT a.unit)
           || ' units sum to ' || coalesce(sum(p.amount), 0)
      FROM ledger_transaction t
      LEFT JOIN ledger_posting p ON p.authority_id = t.authority_id AND p.transaction_id = t.id
      LEFT JOIN ledger_account a ON a.authority_id = t.authority_id AND a.id = p.account_id
     WHERE t.authority_id = :authority_id
     GROUP BY t.id, t.postings
    HAVING count(p.account_id) <> t.postings OR coalesce(sum(p.amount), 0) <> 0 OR count(DISTINCT a.unit) <> 1
    UNION ALL
    SELECT 'commitment ' || c.id || ': ' || r.amount || ' was posted, its transaction has ' || coalesce(p.amount, 0)
      FROM ledger_resolution r
      JOIN ledger_commitment c ON c.authority_id = r.authority_id AND c.id = r.commitment_id
      LEFT JOIN ledger_transaction t ON t.authority_id = r.authority_id AND t.cause = r.cause
      LEFT JOIN ledger_posting p ON p.authority_id = r.authority_id AND p.transaction_id = t.id
                                AND p.account_id = c.to_account_id
     WHERE r.authority_id = :authority_id AND r.amount > 0
       AND (p.amount IS DISTINCT FROM r.amount OR r.amount > c.amount)
    ORDER BY 1
    """
)


async def ledger_faults(session: AsyncSession, authority_id: int) -> list[str]:
    """Return a sentence for each account, transaction and commitment that does not agree with the entries."""
    return list((await session.execute(FAULTS, {"authority_id": authority_id})).scalars())
