"""Writes of the ledger: open an account, post a transaction, correct it, commit an amount and resolve the commitment.

Each entry is written once for its cause: a repeated call returns the entry that the first one wrote. Raises
IntegrityError for what the rules refuse; `ck_ledger_account_floor` and `ck_ledger_account_ceiling` are the limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Uuid, bindparam, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.platform.ledger.models import (
    LedgerAccount,
    LedgerCommitment,
    LedgerPosting,
    LedgerResolution,
    LedgerTransaction,
)

Unit = Literal["pence", "credits"]
Outcome = Literal["posted", "released", "expired"]

USED_BEFORE = (
    "This was recorded before with other amounts. Check the transactions, then enter the difference."
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an entry is written: its cause (unique in the authority), the decision behind it, and who makes it."""

    cause: str
    person_id: UUID | None
    decision_kind: str | None = None
    decision_id: UUID | None = None

    def columns(self) -> dict[str, object]:
        """Return the values of the columns that every entry has."""
        return {
            "cause": self.cause,
            "person_id": self.person_id,
            "decision_kind": self.decision_kind,
            "decision_id": self.decision_id,
        }


async def open_account(
    session: AsyncSession,
    authority_id: int,
    key: str,
    unit: Unit,
    *,
    floor: int | None = None,
    ceiling: int | None = None,
) -> UUID:
    """Open an account, or find the one with this key. `floor` and `ceiling` are in its unit; None is no limit."""
    values = {"authority_id": authority_id, "key": key, "unit": unit, "floor": floor, "ceiling": ceiling}
    await session.execute(postgresql.insert(LedgerAccount).values(**values).on_conflict_do_nothing())
    found = await session.execute(
        select(LedgerAccount.id).where(LedgerAccount.authority_id == authority_id, LedgerAccount.key == key)
    )
    return found.scalar_one()


WRITE_TRANSACTION = text(
    """
    WITH made AS (
        INSERT INTO ledger_transaction (authority_id, cause, person_id, decision_kind, decision_id, corrects, postings)
        VALUES (:authority_id, :cause, :person_id, :decision_kind, :decision_id, :corrects, cardinality(:accounts))
        ON CONFLICT (authority_id, cause) DO NOTHING RETURNING id),
    posted AS (
        INSERT INTO ledger_posting (authority_id, transaction_id, account_id, amount)
        SELECT :authority_id, made.id, account_id, amount
          FROM made, unnest(:accounts, :amounts) AS posting (account_id, amount))
    SELECT id FROM made
    """
).bindparams(
    bindparam("accounts", type_=ARRAY(Uuid(as_uuid=True))),
    bindparam("amounts", type_=ARRAY(BigInteger)),
    bindparam("decision_id", type_=Uuid(as_uuid=True)),
    bindparam("corrects", type_=Uuid(as_uuid=True)),
    bindparam("person_id", type_=Uuid(as_uuid=True)),
)


async def post(
    session: AsyncSession,
    authority_id: int,
    amounts: Mapping[UUID, int],
    reason: Reason,
    *,
    corrects: UUID | None = None,
) -> UUID:
    """Post a transaction: the amount that each account receives, negative for one that gives. Returns its id.

    Raises ActionRefused if the cause was used for other amounts, IntegrityError at the commit if the sum is not zero.
    """
    values = {
        "authority_id": authority_id,
        **reason.columns(),
        "corrects": corrects,
        "accounts": list(amounts),
        "amounts": list(amounts.values()),
    }
    made: UUID | None = (await session.execute(WRITE_TRANSACTION, values)).scalar_one_or_none()
    if made is not None:
        return made
    before = (
        await session.execute(
            select(LedgerTransaction.id).where(
                LedgerTransaction.authority_id == authority_id, LedgerTransaction.cause == reason.cause
            )
        )
    ).scalar_one()
    if await amounts_of(session, authority_id, before) != dict(amounts):
        raise ActionRefused(USED_BEFORE)
    return before


async def amounts_of(session: AsyncSession, authority_id: int, transaction_id: UUID) -> dict[UUID, int]:
    """Return what each account received in a transaction."""
    rows = await session.execute(
        select(LedgerPosting.account_id, LedgerPosting.amount).where(
            LedgerPosting.authority_id == authority_id, LedgerPosting.transaction_id == transaction_id
        )
    )
    return {row.account_id: row.amount for row in rows}


async def correct(session: AsyncSession, authority_id: int, transaction_id: UUID, reason: Reason) -> UUID:
    """Post the counter-entry of a transaction. PostgreSQL refuses a second one. Returns its id."""
    amounts = await amounts_of(session, authority_id, transaction_id)
    taken_back = {account: -amount for account, amount in amounts.items()}
    return await post(session, authority_id, taken_back, reason, corrects=transaction_id)


async def commit_amount(
    session: AsyncSession,
    authority_id: int,
    from_account: UUID,
    to_account: UUID,
    amount: int,
    reason: Reason,
    *,
    expires_on: date | None = None,
) -> UUID:
    """Reserve an amount on one account for another, until it is resolved. Returns the commitment's id.

    Raises ActionRefused if the cause was used for another amount or other accounts.
    """
    asked = (from_account, to_account, amount)
    made: UUID | None = (
        await session.execute(
            postgresql.insert(LedgerCommitment)
            .values(
                authority_id=authority_id,
                from_account_id=from_account,
                to_account_id=to_account,
                amount=amount,
                expires_on=expires_on,
                **reason.columns(),
            )
            .on_conflict_do_nothing(index_elements=["authority_id", "cause"])
            .returning(LedgerCommitment.id)
        )
    ).scalar_one_or_none()
    if made is not None:
        return made
    before = (
        await session.execute(
            select(
                LedgerCommitment.id,
                LedgerCommitment.from_account_id,
                LedgerCommitment.to_account_id,
                LedgerCommitment.amount,
            ).where(LedgerCommitment.authority_id == authority_id, LedgerCommitment.cause == reason.cause)
        )
    ).one()
    if (before.from_account_id, before.to_account_id, before.amount) != asked:
        raise ActionRefused(USED_BEFORE)
    found: UUID = before.id
    return found


async def resolve(
    session: AsyncSession,
    authority_id: int,
    commitment_id: UUID,
    outcome: Outcome,
    reason: Reason,
    *,
    amount: int = 0,
) -> None:
    """End a commitment: post `amount` of it (the rest returns), release it, or let it expire.

    The same call again, with the same cause, does nothing. Raises ActionRefused if it was resolved in another way.
    """
    values = {
        "authority_id": authority_id,
        "commitment_id": commitment_id,
        "outcome": outcome,
        "amount": amount,
    }
    made = await session.execute(
        postgresql.insert(LedgerResolution)
        .values(**values, **reason.columns())
        .on_conflict_do_nothing()
        .returning(LedgerResolution.commitment_id)
    )
    if made.scalar_one_or_none() is not None:
        return
    same = select(LedgerResolution.commitment_id).filter_by(**values, cause=reason.cause)
    if (await session.execute(same)).scalar_one_or_none() is None:
        raise ActionRefused("This amount was already posted or released. Reload the page to see the change.")


EXPIRED = text(
    """
    INSERT INTO ledger_resolution (authority_id, commitment_id, outcome, cause)
    SELECT c.authority_id, c.id, 'expired', 'expiry of ' || c.id
      FROM ledger_commitment c
     WHERE c.authority_id = :authority_id AND c.expires_on < CAST(:today AS date)
       AND NOT EXISTS (SELECT FROM ledger_resolution r
                        WHERE r.authority_id = :authority_id AND r.commitment_id = c.id)
     ORDER BY c.from_account_id, c.id
    ON CONFLICT DO NOTHING
    """
)


async def expire_commitments(session: AsyncSession, authority_id: int, today: date) -> int:
    """Give back what is still reserved after its last day. Safe to repeat. Returns how many commitments expired."""
    result = await session.execute(EXPIRED, {"authority_id": authority_id, "today": today})
    return int(getattr(result, "rowcount", 0))
