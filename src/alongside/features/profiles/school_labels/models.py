"""The `school_label` table: which label a school has from when, by which version of its rule and from which source."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.performance.access_policy import CORE
from alongside.platform.database.base import AuthorityOwned, Base, created_at, reference
from alongside.platform.database.requester_context import RowPolicy

LONGEST_SOURCE, LONGEST_REASON = 200, 1000
OF_LABEL = RowPolicy(
    seen=f"{CORE} OR (ends_on IS DISTINCT FROM starts_on AND EXISTS (SELECT FROM profile p"
    " WHERE p.authority_id = school_label.authority_id AND p.school_urn = school_label.school_urn))",
    added=CORE,
)
"""The core team; and everybody to whom PostgreSQL shows a profile of the school, except for rejected labels."""


class SchoolLabel(AuthorityOwned, Base):
    """A label of a school from `starts_on` until the day before `ends_on`; never twice at a time.

    `label` is a key of the authority's list, `rule_version` the version of its rule on the day of the record. A label
    that was rejected, or recorded by mistake, ends on the day on which it starts.
    """

    __tablename__ = "school_label"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("recorded_by", "person"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint(
            "CASE WHEN ends_on IS NULL THEN end_reason = '' ELSE end_reason ~ '\\S' END", name="end_reason"
        ),
        CheckConstraint(f"char_length(end_reason) <= {LONGEST_REASON}", name="end_reason_length"),
        CheckConstraint(f"char_length(source) <= {LONGEST_SOURCE} AND source ~ '\\S'", name="source"),
        ExcludeConstraint(
            ("authority_id", "="),
            ("school_urn", "="),
            ("label", "="),
            (text("daterange(starts_on, ends_on)"), "&&"),
            using="gist",
            name="ex_school_label_one_at_a_time",
        ),
        Index(None, "authority_id", "recorded_by"),
        {"info": {"second_policy": OF_LABEL}},
    )

    school_urn: Mapped[int]
    label: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    rule_version: Mapped[str]
    source: Mapped[str]
    end_reason: Mapped[str] = mapped_column(server_default=text("''"))
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime] = created_at()
