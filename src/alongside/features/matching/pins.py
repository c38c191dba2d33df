"""The model of plan constraints: a lead requires a support partner for a need, or rules one out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference

KINDS = {"pin": "Keep this partner", "forbid": "Not this partner"}


class PlanConstraint(AuthorityOwned, Base):
    """A pin (this offer for this need) or a forbid (never this offer), with a reason.

    It is in force until it is lifted. A need has one pin at most, and a pair is never both pinned and
    forbidden.
    """

    __tablename__ = "plan_constraint"
    __table_args__ = (
        reference("need_id", "need"),
        reference("offer_id", "offer"),
        reference("made_by", "person"),
        reference("lifted_by", "person"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("char_length(reason) BETWEEN 1 AND 500", name="reason"),
        Index(
            "uq_plan_constraint_of_pair",
            "authority_id",
            "need_id",
            "offer_id",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index(
            "uq_plan_constraint_one_pin",
            "authority_id",
            "need_id",
            unique=True,
            postgresql_where=text("kind = 'pin' AND lifted_at IS NULL"),
        ),
    )

    need_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    kind: Mapped[str]
    reason: Mapped[str]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = created_at()
    lifted_by: Mapped[UUID | None]
    lifted_at: Mapped[datetime | None]
