"""The `amendment` table: a change to a running agreement, proposed by one headteacher and agreed by the other."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.agreements.review import SIDES
from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.workflow import INITIAL, Transition, workflow

PROPOSE_AMENDMENT = Transition(
    "propose_amendment", (INITIAL,), "proposed", Permission.AMEND_AGREEMENT, "proposed a change", True
)
AGREE_AMENDMENT = Transition(
    "agree_amendment", ("proposed",), "agreed", Permission.AMEND_AGREEMENT, "agreed to the change"
)
REFUSE_AMENDMENT = Transition(
    "refuse_amendment",
    ("proposed",),
    "refused",
    Permission.AMEND_AGREEMENT,
    "did not agree to the change",
    note_required=True,
)
WITHDRAW_AMENDMENT = Transition(
    "withdraw_amendment",
    ("proposed",),
    "withdrawn",
    Permission.AMEND_AGREEMENT,
    "withdrew the proposed change",
)
DROP_AMENDMENT = Transition(
    "drop_amendment",
    ("proposed",),
    "withdrawn",
    None,
    "the agreement has ended, so the proposed change was dropped",
)

MOVES = (PROPOSE_AMENDMENT, AGREE_AMENDMENT, REFUSE_AMENDMENT, WITHDRAW_AMENDMENT, DROP_AMENDMENT)
AMENDMENT_WORKFLOW = workflow("amendment", MOVES, ("agreed", "refused", "withdrawn"))


class Amendment(AuthorityOwned, Base):
    """The days, dates or aims that one side (`proposed_side`) proposes, with the reason.

    `aims` is the complete new list: objects of aim, measure, baseline, target and, for an aim that
    exists already, its id. `agreement_version` is the version that it would change: it cannot be agreed
    for a different one.
    """

    __tablename__ = "amendment"
    __table_args__ = (
        reference("agreement_id", "support_agreement"),
        reference("proposed_by", "person"),
        CheckConstraint(one_of("state", AMENDMENT_WORKFLOW.states), name="state"),
        CheckConstraint(one_of("proposed_side", SIDES), name="proposed_side"),
        CheckConstraint("days > 0 AND days <= 200 AND days * 2 = trunc(days * 2)", name="days"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("char_length(reason) BETWEEN 1 AND 2000", name="reason"),
        Index(
            "uq_amendment_live",
            "authority_id",
            "agreement_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(None, "authority_id", "agreement_id", "id"),
    )

    agreement_id: Mapped[UUID]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    proposed_side: Mapped[str]
    proposed_by: Mapped[UUID]
    days: Mapped[Decimal] = mapped_column(Numeric(5, 1))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    aims: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    agreement_version: Mapped[int]
    reason: Mapped[str]
    proposed_at: Mapped[datetime] = created_at()
