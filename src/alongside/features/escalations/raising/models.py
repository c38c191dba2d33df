"""Tables of attempted support, and of deferred notifications of the school."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.escalations.access_policy import of_escalation_row
from alongside.platform.database.base import (
    AuthorityKeyed,
    AuthorityOwned,
    Base,
    created_at,
    one_of,
    reference,
)

TRIED = {
    "need": "A need was posted",
    "agreement": "Another school gave support",
    "review": "An agreement was reviewed",
    "talk": "We spoke with the headteacher",
    "visit": "We visited the school",
    "peer": "Another head challenged",
    "other": "Something else",
}
LINKED = ("need", "agreement", "review")


class AttemptedSupport(AuthorityOwned, Base):
    """Support tried before the escalation: a link to a need, a support agreement or a review, or a description."""

    __tablename__ = "escalation_attempted_support"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("need_id", "need"),
        reference("agreement_id", "support_agreement"),
        reference("review_id", "review"),
        CheckConstraint(one_of("kind", TRIED), name="kind"),
        CheckConstraint("(kind = 'need') = (need_id IS NOT NULL)", name="need"),
        CheckConstraint("(kind = 'agreement') = (agreement_id IS NOT NULL)", name="agreement"),
        CheckConstraint("(kind = 'review') = (review_id IS NOT NULL)", name="review"),
        CheckConstraint("char_length(words) <= 400", name="length"),
        Index(None, "authority_id", "escalation_id"),
        {"info": {"second_policy": of_escalation_row("escalation_attempted_support", kept=True)}},
    )

    escalation_id: Mapped[UUID]
    kind: Mapped[str]
    need_id: Mapped[UUID | None]
    agreement_id: Mapped[UUID | None]
    review_id: Mapped[UUID | None]
    words: Mapped[str] = mapped_column(server_default=text("''"))


class DeferredNotification(AuthorityKeyed, Base):
    """Why the headteacher was not notified when the escalation was raised. The school never reads it."""

    __tablename__ = "escalation_deferred_notification"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("decided_by", "person"),
        CheckConstraint("char_length(why) BETWEEN 1 AND 1000", name="why"),
        {
            "info": {
                "second_policy": of_escalation_row(
                    "escalation_deferred_notification", kept=True, for_school="false"
                )
            }
        },
    )

    escalation_id: Mapped[UUID] = mapped_column(primary_key=True)
    why: Mapped[str]
    decided_by: Mapped[UUID]
    decided_at: Mapped[datetime] = created_at()
