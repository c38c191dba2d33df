"""Tables of the funds, the versions of their amounts, and what is committed of them. The money is in the ledger.

The app's role only reads these tables: functions of the owner write them together with the ledger (`rules.py`).
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import (
    AuthorityKeyed,
    AuthorityOwned,
    Base,
    created_at,
    one_of,
    reference,
)

SPENDS = ("intervention", "commissioning")
"""Purposes of the funds that can pay for support."""

SUBJECTS = ("support_agreement", "escalation")


class Fund(AuthorityOwned, Base):
    """A fund of one financial year. `key` is its key in the authority's settings, which declare it.

    `account_id` is what it can still pay, `invoiced_account_id` what is invoiced and not paid, `paid_account_id` what
    is paid. `section_251_line` is its line in that year's section 251 statement.
    """

    __tablename__ = "fund"
    __table_args__ = (
        UniqueConstraint("authority_id", "key", "financial_year"),
        UniqueConstraint("authority_id", "account_id"),
        reference("account_id", "ledger_account"),
        reference("invoiced_account_id", "ledger_account"),
        reference("paid_account_id", "ledger_account"),
        {"info": {"read_only": True}},
    )

    key: Mapped[str]
    financial_year: Mapped[str]
    label: Mapped[str]
    source: Mapped[str]
    purpose: Mapped[str]
    phase: Mapped[str]
    held_by: Mapped[str]
    section_251_line: Mapped[str]
    account_id: Mapped[UUID]
    invoiced_account_id: Mapped[UUID]
    paid_account_id: Mapped[UUID]


class FundAmount(AuthorityKeyed, Base):
    """A version of a fund's amount in pence: where it comes from, who approved it, and its transaction if any."""

    __tablename__ = "fund_amount"
    __table_args__ = (
        reference("fund_id", "fund"),
        reference("transaction_id", "ledger_transaction"),
        CheckConstraint("pence >= 0", name="pence"),
        CheckConstraint("version >= 1", name="version"),
        {"info": {"read_only": True}},
    )

    fund_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-99)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-98)
    pence: Mapped[int] = mapped_column(BigInteger)
    said_by: Mapped[str]
    approval: Mapped[str]
    transaction_id: Mapped[UUID | None]
    at: Mapped[datetime] = created_at()


class FundCommitment(AuthorityKeyed, Base):
    """What a commitment of the ledger is for: an agreement with its days and rate in pence, or an escalation.

    It names no school: the agreement or escalation does, to those who may read it.
    """

    __tablename__ = "fund_commitment"
    __table_args__ = (
        reference("commitment_id", "ledger_commitment"),
        reference("fund_id", "fund"),
        CheckConstraint(one_of("subject_kind", SUBJECTS), name="subject_kind"),
        CheckConstraint("days > 0 AND pence_per_day >= 0", name="days"),
        Index(None, "authority_id", "subject_id"),
        Index(None, "authority_id", "fund_id"),
        {"info": {"read_only": True}},
    )

    commitment_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-99)
    fund_id: Mapped[UUID]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    days: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    pence_per_day: Mapped[int | None]
