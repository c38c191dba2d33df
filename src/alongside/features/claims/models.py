"""The `claim` and `claim_line` tables and their workflow. What they do to the ledger is in `ledger_rules.py`."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import (
    AuthorityKeyed,
    AuthorityOwned,
    Base,
    created_at,
    one_of,
    reference,
)
from alongside.platform.workflow import INITIAL, Transition, workflow

LONGEST_REASON = 1000
SUBMIT = Transition("make_claim", (INITIAL,), "submitted", Permission.MAKE_CLAIM, "made the claim")
WITHDRAW = Transition(
    "withdraw_claim", ("submitted",), "withdrawn", Permission.MAKE_CLAIM, "withdrew the claim"
)
RETURN = Transition(
    "return_claim",
    ("submitted",),
    "returned",
    Permission.MANAGE_CLAIM,
    "returned the claim",
    note_required=True,
)
APPROVE = Transition(
    "approve_claim", ("submitted",), "approved", Permission.MANAGE_CLAIM, "approved the claim"
)
PAY = Transition("pay_claim", ("approved",), "paid", Permission.MANAGE_CLAIM, "marked the claim as paid")
CREDIT = Transition(
    "credit_claim",
    ("approved", "paid"),
    "credited",
    Permission.MANAGE_CLAIM,
    "wrote a credit note for the claim",
    note_required=True,
)
CLAIM_WORKFLOW = workflow(
    "claim",
    (SUBMIT, WITHDRAW, RETURN, APPROVE, PAY, CREDIT),
    ("withdrawn", "returned", "paid", "credited"),
)


class Claim(AuthorityOwned, Base):
    """What the supporting school of an agreement claims for days that it has delivered.

    `days` and `pence` are the sums of its lines, which a trigger writes. `invoice_number` is the school's own, or
    empty. A claim is never edited: each transition may write its own columns only.
    """

    __tablename__ = "claim"
    __table_args__ = (
        reference("agreement_id", "support_agreement"),
        reference("claimed_by", "person"),
        reference("decided_by", "person"),
        reference("paid_by", "person"),
        reference("credited_by", "person"),
        CheckConstraint(one_of("state", CLAIM_WORKFLOW.states), name="state"),
        CheckConstraint("pence >= 0 AND days >= 0", name="amounts"),
        CheckConstraint("state NOT IN ('approved', 'paid', 'credited') OR pence > 0", name="has_lines"),
        CheckConstraint("char_length(invoice_number) <= 40", name="invoice_number"),
        CheckConstraint("state <> 'returned' OR returned_because <> ''", name="returned_because"),
        CheckConstraint("state <> 'credited' OR credited_because <> ''", name="credited_because"),
        CheckConstraint(
            f"char_length(returned_because) <= {LONGEST_REASON} AND char_length(credited_because) <= {LONGEST_REASON}",
            name="reasons",
        ),
        CheckConstraint(
            "state IN ('submitted', 'withdrawn') OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint(
            "(paid_on IS NULL) = (payment_reference = '') AND (paid_on IS NULL) = (paid_by IS NULL)"
            " AND char_length(payment_reference) <= 60 AND (state <> 'paid' OR paid_on IS NOT NULL)",
            name="payment",
        ),
        CheckConstraint(
            "(state = 'credited') = (credited_by IS NOT NULL) AND (state = 'credited') = (credited_at IS NOT NULL)",
            name="credited",
        ),
        Index(None, "authority_id", "agreement_id"),
        Index(None, "authority_id", "state", "claimed_at"),
    )

    agreement_id: Mapped[UUID]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    days: Mapped[Decimal] = mapped_column(Numeric(5, 1), server_default=text("0"))
    pence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    invoice_number: Mapped[str] = mapped_column(server_default=text("''"))
    claimed_by: Mapped[UUID]
    claimed_at: Mapped[datetime] = created_at()
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    returned_because: Mapped[str] = mapped_column(server_default=text("''"))
    paid_on: Mapped[date | None]
    payment_reference: Mapped[str] = mapped_column(server_default=text("''"))
    paid_by: Mapped[UUID | None]
    credited_because: Mapped[str] = mapped_column(server_default=text("''"))
    credited_by: Mapped[UUID | None]
    credited_at: Mapped[datetime | None]


class ClaimLine(AuthorityKeyed, Base):
    """A visit on a claim, with the fund that pays for it. A trigger copies all but the two ids.

    `counts` is false once the claim is withdrawn, returned or credited: the visit can be claimed again. `invoiced` is
    true from the approval on.
    """

    __tablename__ = "claim_line"
    __table_args__ = (
        reference("claim_id", "claim", ondelete="CASCADE"),
        reference("visit_id", "visit"),
        reference("fund_id", "fund"),
        CheckConstraint("days > 0 AND pence_per_day > 0 AND pence > 0", name="amounts"),
        CheckConstraint("counts OR NOT invoiced", name="invoiced"),
        Index(
            "uq_claim_line_visit",
            "authority_id",
            "visit_id",
            unique=True,
            postgresql_where=text("counts"),
        ),
        {"info": {"append_only": True}},
    )

    claim_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-99)
    visit_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-98)
    fund_id: Mapped[UUID]
    visit_on: Mapped[date]
    days: Mapped[Decimal] = mapped_column(Numeric(5, 1))
    pence_per_day: Mapped[int]
    pence: Mapped[int] = mapped_column(BigInteger)
    counts: Mapped[bool] = mapped_column(server_default=text("true"))
    invoiced: Mapped[bool] = mapped_column(server_default=text("false"))
