"""Models for exclusions and supplier suspensions; each is visible to few people."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityOwned, Base, created_at, reference


class Exclusion(AuthorityOwned, Base):
    """A school's request never to be matched with another; visible to that school and the core team only."""

    __tablename__ = "school_exclusion"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("other_urn", "school"),
        reference("made_by", "person"),
        CheckConstraint("school_urn <> other_urn", name="two_schools"),
        CheckConstraint("char_length(reason) <= 500", name="reason"),
        Index(
            "uq_school_exclusion_live",
            "authority_id",
            "school_urn",
            "other_urn",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    school_urn: Mapped[int]
    other_urn: Mapped[int]
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = created_at()
    lifted_at: Mapped[datetime | None]


class SupplierSuspension(AuthorityOwned, Base):
    """A core team decision that a school must not support others for now, until a day or until lifted."""

    __tablename__ = "school_support_suspension"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("set_by", "person"),
        CheckConstraint("char_length(reason) BETWEEN 1 AND 500", name="reason"),
        Index(
            "uq_school_suspension_live",
            "authority_id",
            "school_urn",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    school_urn: Mapped[int]
    reason: Mapped[str]
    until_on: Mapped[date | None]
    set_by: Mapped[UUID]
    set_at: Mapped[datetime] = created_at()
    lifted_at: Mapped[datetime | None]
