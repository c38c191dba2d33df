"""Tables of consortia and their memberships."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped

from alongside.platform.database.base import AuthorityOwned, Base, one_of, reference
from alongside.platform.database.folding import folded_column

PHASES = ("primary", "secondary")
"""The phases of consortia; each consortium has one. Source: the report on Wigan, 1.5 (WI2)."""


class Consortium(AuthorityOwned, Base):
    """A group of schools of one phase, known by `key` in the authority's settings; ended, never deleted."""

    __tablename__ = "consortium"
    __table_args__ = (
        UniqueConstraint("authority_id", "key"),
        UniqueConstraint("authority_id", "id", "phase"),
        CheckConstraint(one_of("phase", PHASES), name="phase"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 120", name="name"),
    )

    key: Mapped[str]
    name: Mapped[str]
    folded_name: Mapped[str] = folded_column("name")
    phase: Mapped[str]
    ended_on: Mapped[date | None]


class ConsortiumMembership(AuthorityOwned, Base):
    """A school's membership of a consortium from `starts_on` until the day before `ends_on`.

    An all-through school may have one membership in each phase; never two in one phase at a time.
    """

    __tablename__ = "consortium_membership"
    __table_args__ = (
        reference("school_urn", "school"),
        ForeignKeyConstraint(
            ["authority_id", "consortium_id", "phase"],
            ["consortium.authority_id", "consortium.id", "consortium.phase"],
        ),
        ExcludeConstraint(
            ("authority_id", "="),
            ("school_urn", "="),
            ("phase", "="),
            (text("daterange(starts_on, ends_on)"), "&&"),
            using="gist",
            name="ex_consortium_membership_one_at_a_time",
        ),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index(None, "authority_id", "consortium_id"),
        Index(None, "authority_id", "school_urn"),
    )

    school_urn: Mapped[int]
    consortium_id: Mapped[UUID]
    phase: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
