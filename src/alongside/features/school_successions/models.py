"""The table of school successions: what was moved, and open decisions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference

KINDS = {
    "conversion": "Became another school",
    "merger": "Merged into another school",
    "split": "Succeeded by several schools",
    "waiting": "Its successor is not open yet",
    "closure": "Closed without a successor here",
}
STATES = {"open": "To decide", "carried": "Carried over", "ended": "Ended"}


class SchoolSuccession(AuthorityOwned, Base):
    """The succession of one closed school: moved to `new_urn`, ended, or open until an administrator decides.

    `question` says why an administrator must decide, `candidates` are the suggested URNs. `moved` maps a table's name
    to the number of moved rows.
    """

    __tablename__ = "school_succession"
    __table_args__ = (
        reference("old_urn", "school"),
        reference("new_urn", "school"),
        reference("decided_by", "person"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("old_urn <> new_urn", name="two_schools"),
        CheckConstraint("(state = 'open') = (question IS NOT NULL AND decided_at IS NULL)", name="open"),
        CheckConstraint("state <> 'carried' OR new_urn IS NOT NULL", name="carried"),
        Index(
            "uq_school_succession_open",
            "authority_id",
            "old_urn",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    old_urn: Mapped[int]
    new_urn: Mapped[int | None]
    kind: Mapped[str]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    question: Mapped[str | None]
    candidates: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{}'"))
    moved: Mapped[dict[str, int]] = mapped_column(JSONB, server_default=text("'{}'"))
    made_at: Mapped[datetime] = created_at()
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
