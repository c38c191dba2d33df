"""What keeps two schools apart, or a school from supporting others just now; each is seen by few."""

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
    """That a school does not want to be paired with another, as asker or giver; known to it and the core team."""

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
    """An interest that somebody declares in a school; `school_urn` is the school they act for, where they do.

    Two schools between which an interest is declared are not paired. A lead with an interest in a school
    should not be the one who handles its matters: rooms above ask for that.
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
    """That the core team would not have a school support others just now, and why; until a day, or until lifted."""

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
