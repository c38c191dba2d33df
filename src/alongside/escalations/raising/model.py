"""What a consortium tried before it raised a case, and why its school was not told at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.database.base import AuthorityKeyed, AuthorityOwned, Base, created_at, one_of, reference
from alongside.escalations.seats import of_case_row

TRIED = {
    "need": "A need was posted",
    "partnership": "Another school gave support",
    "review": "A partnership was reviewed",
    "talk": "We spoke with the headteacher",
    "visit": "We visited the school",
    "peer": "Another head challenged",
    "other": "Something else",
}
LINKED = ("need", "partnership", "review")


class Tried(AuthorityOwned, Base):
    """One thing that was tried: a need, a partnership or a review that is there, or something said in words."""

    __tablename__ = "escalation_tried"
    __table_args__ = (
        reference("case_id", "escalation"),
        reference("need_id", "need"),
        reference("partnership_id", "partnership"),
        reference("review_id", "review"),
        CheckConstraint(one_of("kind", TRIED), name="kind"),
        CheckConstraint("(kind = 'need') = (need_id IS NOT NULL)", name="need"),
        CheckConstraint("(kind = 'partnership') = (partnership_id IS NOT NULL)", name="partnership"),
        CheckConstraint("(kind = 'review') = (review_id IS NOT NULL)", name="review"),
        CheckConstraint("char_length(words) <= 400", name="length"),
        Index(None, "authority_id", "case_id"),
        {"info": {"second_policy": of_case_row("escalation_tried", kept=True)}},
    )

    case_id: Mapped[UUID]
    kind: Mapped[str]
    need_id: Mapped[UUID | None]
    partnership_id: Mapped[UUID | None]
    review_id: Mapped[UUID | None]
    words: Mapped[str] = mapped_column(server_default=text("''"))


class Untold(AuthorityKeyed, Base):
    """Why the school was not told when the case was raised. The school never reads it."""

    __tablename__ = "escalation_untold"
    __table_args__ = (
        reference("case_id", "escalation"),
        reference("decided_by", "person"),
        CheckConstraint("char_length(why) BETWEEN 1 AND 1000", name="why"),
        {"info": {"second_policy": of_case_row("escalation_untold", kept=True, for_school="false")}},
    )

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    why: Mapped[str]
    decided_by: Mapped[UUID]
    decided_at: Mapped[datetime] = created_at()
