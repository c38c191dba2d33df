"""Tables of the ledger: accounts, transactions with their postings, commitments with their resolutions.

Rules that constraints cannot express are in `rules.py`.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import (
    AuthorityKeyed,
    AuthorityOwned,
    Base,
    created_at,
    one_of,
    reference,
)

UNITS = ("pence", "credits")
OUTCOMES = ("posted", "drawn", "released", "replaced", "expired")
MOST = 10**15
"""The largest amount of one posting or commitment: ten trillion pounds in pence."""

NAMED = "cause <> '' AND char_length(cause) <= 200 AND (decision_id IS NULL) = (decision_kind IS NULL)"
"""Condition on what every entry of the ledger names: its cause, and the kind of its decision if it has one."""


class LedgerAccount(AuthorityOwned, Base):
    """An account of one unit: the sum of its postings, and what open commitments have reserved.

    `key` names it within the authority. `floor` is the least that balance less reservations may be, `ceiling` the most
    that balance plus expected amounts may be; None is no limit. `shortfall` is by how much the account is below its
    floor since an allocation was lowered. The app's role writes only new, empty accounts; triggers write the amounts.
    For a `protected` account only functions of the database's owner may write entries.
    """

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("authority_id", "key"),
        CheckConstraint(one_of("unit", UNITS), name="unit"),
        CheckConstraint("key <> '' AND char_length(key) <= 200", name="key"),
        CheckConstraint("floor <= ceiling", name="limits"),
        CheckConstraint("reserved >= 0 AND expected >= 0 AND shortfall >= 0", name="amounts"),
        CheckConstraint("balance - reserved >= floor - shortfall", name="floor"),
        CheckConstraint("balance + expected <= ceiling", name="ceiling"),
        {"info": {"append_only": True}},
    )

    key: Mapped[str]
    unit: Mapped[str]
    floor: Mapped[int | None] = mapped_column(BigInteger)
    ceiling: Mapped[int | None] = mapped_column(BigInteger)
    protected: Mapped[bool] = mapped_column(server_default=text("false"))
    balance: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    reserved: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    expected: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    shortfall: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    opened_at: Mapped[datetime] = created_at()


class LedgerTransaction(AuthorityOwned, Base):
    """Two or more postings of one unit that sum to zero; written once for each `cause`.

    `decision_kind` and `decision_id` name the decision behind it, `person_id` who made it (None: a daily job).
    `corrects` is the transaction that it takes back in full. A transaction that `lowers` returns an allocation, also
    if that leaves a shortfall. `postings` is how many it has.
    """

    __tablename__ = "ledger_transaction"
    __table_args__ = (
        UniqueConstraint("authority_id", "cause"),
        UniqueConstraint("authority_id", "corrects"),
        reference("corrects", "ledger_transaction"),
        CheckConstraint(NAMED, name="named"),
        CheckConstraint("postings >= 2", name="two_postings"),
        CheckConstraint("corrects <> id", name="corrects_another"),
        {"info": {"append_only": True}},
    )

    at: Mapped[datetime] = created_at()
    cause: Mapped[str]
    decision_kind: Mapped[str | None]
    decision_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    corrects: Mapped[UUID | None]
    lowers: Mapped[bool] = mapped_column(server_default=text("false"))
    postings: Mapped[int] = mapped_column(server_default=text("2"))


class LedgerPosting(AuthorityKeyed, Base):
    """An amount that a transaction adds to an account, or takes from it if it is negative."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        reference("transaction_id", "ledger_transaction"),
        reference("account_id", "ledger_account"),
        CheckConstraint(f"amount <> 0 AND abs(amount) <= {MOST}", name="amount"),
        Index(None, "authority_id", "account_id", "transaction_id"),
        {"info": {"append_only": True}},
    )

    transaction_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-99)
    account_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-98)
    amount: Mapped[int] = mapped_column(BigInteger)


class LedgerCommitment(AuthorityOwned, Base):
    """An amount reserved on one account for another: a transfer that is still to come. Written once for each `cause`.

    It may expire from the day after `expires_on`.
    """

    __tablename__ = "ledger_commitment"
    __table_args__ = (
        UniqueConstraint("authority_id", "cause"),
        reference("from_account_id", "ledger_account"),
        reference("to_account_id", "ledger_account"),
        CheckConstraint(NAMED, name="named"),
        CheckConstraint(f"amount > 0 AND amount <= {MOST}", name="amount"),
        CheckConstraint("from_account_id <> to_account_id", name="two_accounts"),
        Index(None, "authority_id", "from_account_id"),
        {"info": {"append_only": True}},
    )

    at: Mapped[datetime] = created_at()
    from_account_id: Mapped[UUID]
    to_account_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(BigInteger)
    expires_on: Mapped[date | None]
    cause: Mapped[str]
    decision_kind: Mapped[str | None]
    decision_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]


class LedgerResolution(AuthorityKeyed, Base):
    """The end of a commitment, once: posted in whole or in part (the rest returns), released, or expired.

    `drawn` is posted in part and `replaced` is released, where the same database transaction commits the rest, or
    another amount, again: a shortfall stays until then. A trigger writes the transaction of what is posted, with the
    same cause.
    """

    __tablename__ = "ledger_resolution"
    __table_args__ = (
        reference("commitment_id", "ledger_commitment"),
        UniqueConstraint("authority_id", "cause"),
        CheckConstraint(NAMED, name="named"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("(outcome IN ('posted', 'drawn')) = (amount > 0) AND amount >= 0", name="amount"),
        {"info": {"append_only": True}},
    )

    commitment_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-99)
    at: Mapped[datetime] = created_at()
    outcome: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    cause: Mapped[str]
    decision_kind: Mapped[str | None]
    decision_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
