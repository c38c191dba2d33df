"""Models for exclusions, declarations of interest and supplier suspensions; each is visible to few people."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference

INTERESTS = {
    "governor": "Governor or trustee there",
    "worked_there": "Worked there in the last five years",
    "family": "A relative works or learns there",
    "business": "Paid by it, or in business with somebody there",
    "judged": "Has reviewed or inspected it in the last two years",
    "other": "Another interest",
}
"""Kinds of declared interest. Source: domain.md §3 ask 6 (declared and derived conflicts are hard rules)."""


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


class DeclarationOfInterest(AuthorityOwned, Base):
    """An interest that a person declares in another school.

    `school_urn` is the school that the person acts for, if any. Two schools between which an interest is
    declared are never matched. Other features use the interests to keep a lead away from decisions about that
    school.
    """

    __tablename__ = "declared_interest"
    __table_args__ = (
        reference("person_id", "person"),
        reference("school_urn", "school"),
        reference("other_urn", "school"),
        CheckConstraint("school_urn <> other_urn", name="two_schools"),
        CheckConstraint(one_of("kind", INTERESTS), name="kind"),
        CheckConstraint("char_length(words) <= 500", name="words"),
        Index(
            "uq_declared_interest_live",
            "authority_id",
            "person_id",
            "other_urn",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "authority_id", "other_urn"),
    )

    person_id: Mapped[UUID]
    school_urn: Mapped[int | None]
    other_urn: Mapped[int]
    kind: Mapped[str]
    words: Mapped[str] = mapped_column(server_default=text("''"))
    declared_at: Mapped[datetime] = created_at()
    ended_at: Mapped[datetime | None]


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
