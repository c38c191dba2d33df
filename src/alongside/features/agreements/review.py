"""The `review` and `review_rating` tables: each side's half-way and closing review."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.agreements.models import OUTCOMES
from alongside.platform.database.base import (
    AuthorityKeyed,
    AuthorityOwned,
    Base,
    created_at,
    one_of,
    reference,
)
from alongside.platform.database.ddl import schema_rule

KINDS = ("mid_term", "closing")
SIDES = ("requesting", "supporting")
RATINGS = ("red", "amber", "green")
AGAIN = ("yes", "perhaps", "no")


class Review(AuthorityOwned, Base):
    """One side's half-way or closing review. It is given once and cannot be changed.

    `changed` is what has changed, `again` whether they would do it again. The closing review of the requesting
    side has the `outcome` for the need. `shown_from` is when the other school is told of it, which may be later.
    """

    __tablename__ = "review"
    __table_args__ = (
        reference("agreement_id", "support_agreement"),
        reference("given_by", "person"),
        UniqueConstraint("authority_id", "agreement_id", "kind", "side"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("side", SIDES), name="side"),
        CheckConstraint(one_of("again", AGAIN), name="again"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint(
            "(outcome IS NOT NULL) = (kind = 'closing' AND side = 'requesting')",
            name="requesting_school_gives_outcome",
        ),
        CheckConstraint("char_length(changed) BETWEEN 1 AND 4000", name="length"),
    )

    agreement_id: Mapped[UUID]
    kind: Mapped[str]
    side: Mapped[str]
    changed: Mapped[str]
    again: Mapped[str]
    outcome: Mapped[str | None]
    given_by: Mapped[UUID]
    given_at: Mapped[datetime] = created_at()
    shown_from: Mapped[datetime] = created_at()


class ReviewRating(AuthorityKeyed, Base):
    """One side's rating of an aim: red, amber or green, with a reason.

    `reached` is the current value of its measure, as text; a closing review requires it.
    """

    __tablename__ = "review_rating"
    __table_args__ = (
        reference("review_id", "review"),
        reference("aim_id", "aim"),
        CheckConstraint(one_of("rating", RATINGS), name="rating"),
        CheckConstraint("char_length(reason) BETWEEN 1 AND 1000", name="reason"),
        CheckConstraint("char_length(reached) <= 300", name="reached"),
    )

    review_id: Mapped[UUID] = mapped_column(primary_key=True)
    aim_id: Mapped[UUID] = mapped_column(primary_key=True)
    rating: Mapped[str]
    reason: Mapped[str]
    reached: Mapped[str] = mapped_column(server_default=text("''"))


schema_rule(
    "a_closing_review_says_what_was_reached",
    """
CREATE FUNCTION refuse_unmeasured_closing() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.reached = '' AND EXISTS (
        SELECT FROM public.review r
         WHERE r.authority_id = NEW.authority_id AND r.id = NEW.review_id AND r.kind = 'closing')
    THEN
        RAISE EXCEPTION 'a closing review says for each aim what was reached'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closing_says_reached';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_unmeasured_closing BEFORE INSERT OR UPDATE ON review_rating
    FOR EACH ROW EXECUTE FUNCTION refuse_unmeasured_closing();
""",
)
