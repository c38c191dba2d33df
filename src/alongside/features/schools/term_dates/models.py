"""Tables of a school's own terms and training days."""

from datetime import date

from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base, one_of, reference

TERM_NAMES = ("autumn", "spring", "summer")


class SchoolTerm(AuthorityKeyed, Base):
    """A school's own term, which replaces the authority's: first and last day, and its half-term.

    `year` is the academic year, as “2026-27”. Source: Education Act 2002, section 32 (who sets term dates).
    """

    __tablename__ = "school_term"
    __table_args__ = (
        reference("school_urn", "school"),
        CheckConstraint(one_of("name", TERM_NAMES), name="name"),
        CheckConstraint("year ~ '^20[0-9][0-9]-[0-9][0-9]$'", name="year"),
        CheckConstraint(
            "starts_on <= break_starts_on AND break_starts_on <= break_ends_on AND break_ends_on <= ends_on",
            name="in_order",
        ),
        ExcludeConstraint(
            ("authority_id", "="),
            ("school_urn", "="),
            (text("daterange(starts_on, ends_on, '[]')"), "&&"),
            using="gist",
            name="ex_school_term_one_at_a_time",
        ),
    )

    school_urn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    year: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    break_starts_on: Mapped[date]
    break_ends_on: Mapped[date]


class TrainingDay(AuthorityKeyed, Base):
    """A day on which this school is closed to pupils, for staff training or another reason."""

    __tablename__ = "school_training_day"
    __table_args__ = (
        reference("school_urn", "school"),
        CheckConstraint("extract(isodow FROM day) < 6", name="weekday"),
    )

    school_urn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
