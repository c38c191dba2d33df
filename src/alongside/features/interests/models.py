"""Table of declared interests, and the SQL function that finds all schools in which a person has an interest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule

INTERESTS = {
    "governor": "Governor or trustee there",
    "worked_there": "Worked there in the last five years",
    "family": "A relative works or learns there",
    "business": "Paid by it, or in business with somebody there",
    "judged": "Has reviewed or inspected it in the last two years",
    "other": "Another interest",
}
"""Kinds of declared interest. Source: domain.md §3 ask 6 (declared and derived conflicts are hard rules)."""


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


schema_rule(
    "who_has_an_interest_in_which_schools",
    """
CREATE FUNCTION interests_of(of_authority integer, of_person uuid, on_day date) RETURNS SETOF integer
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    WITH own AS (
        SELECT s.urn, s.trust_uid FROM public.role_assignment a
          JOIN public.school s ON s.authority_id = of_authority AND (s.urn = a.school_urn
           OR public.organisation_of(a.role, s.trust_uid, s.diocese) = a.organisation)
         WHERE a.authority_id = of_authority AND a.person_id = of_person
           AND a.starts_on <= on_day AND (a.ends_on IS NULL OR a.ends_on > on_day))
    SELECT urn FROM own
    UNION
    SELECT s.urn FROM public.school s JOIN own ON own.trust_uid = s.trust_uid WHERE s.authority_id = of_authority
    UNION
    SELECT other_urn FROM public.declared_interest
     WHERE authority_id = of_authority AND person_id = of_person AND ended_at IS NULL
$$;
""",
)
