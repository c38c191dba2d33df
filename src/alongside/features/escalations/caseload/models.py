"""Table of leave cover."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped

from alongside.platform.database.base import AuthorityOwned, Base, created_at, reference


class LeaveCover(AuthorityOwned, Base):
    """One officer covers another's escalations from `starts_on` to `ends_on`, both included."""

    __tablename__ = "leave_cover"
    __table_args__ = (
        reference("away_id", "person"),
        reference("cover_id", "person"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("away_id <> cover_id", name="somebody_else"),
        ExcludeConstraint(
            ("authority_id", "="),
            ("away_id", "="),
            (text("daterange(starts_on, ends_on, '[]')"), "&&"),
            using="gist",
            name="ex_escalation_cover_one_at_a_time",
        ),
    )

    away_id: Mapped[UUID]
    cover_id: Mapped[UUID]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    arranged_at: Mapped[datetime] = created_at()
