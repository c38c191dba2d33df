"""An agreed partnership and the law of its course; that its days leave the pool is PostgreSQL's promise."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.access.permissions import Permission
from alongside.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.database.promises import promise
from alongside.workflow import BEGINNING, Move, workflow

PREPARE = Move("prepare_partnership", (BEGINNING,), "preparing", None, "agreed the partnership")
SIGN = Move("sign_agreement", ("preparing",), "preparing", Permission.SIGN_AGREEMENT, "signed the agreement")
BEGIN = Move(
    "begin_partnership", ("preparing",), "active", Permission.SIGN_AGREEMENT, "signed: the partnership began"
)
AMEND = Move("amend_partnership", ("active",), "active", Permission.AMEND_PARTNERSHIP, "agreed a change")
CLOSE = Move(
    "close_partnership", ("active",), "closed", None, "both sides have reviewed: the partnership is closed"
)
END_EARLY = Move(
    "end_partnership",
    ("preparing", "active"),
    "ended_early",
    Permission.END_PARTNERSHIP,
    "ended the partnership early",
    note_required=True,
)
CHALLENGE = Move(
    "challenge_match",
    ("preparing", "active"),
    "ended_early",
    Permission.END_PARTNERSHIP,
    "challenged the match that was made on its behalf",
    note_required=True,
)

OUTCOMES = ("met", "part_met", "not_met")
MOVES = (PREPARE, SIGN, BEGIN, AMEND, CLOSE, END_EARLY, CHALLENGE)
PARTNERSHIP_WORKFLOW = workflow("partnership", MOVES, ("closed", "ended_early"))


class Partnership(AuthorityOwned, Base):
    """Support that two schools have agreed.

    `agreed_on` is the authority's day of the agreement: no visit is earlier than that day or `starts_on`.
    `days` are promised out of the offer's pool, `days_used` those of recorded visits. Each head signs once
    the aims are written; `agreement_version` counts what they sign, and a signature under an earlier one
    falls away. `outcome` (met, part_met, not_met) is what the asking school says at the end, `ended_because`
    the reason of an early end. A match that a lead proposed on behalf of the schools can be challenged by either
    until `challenge_until`; `challenged_on` is when one did.
    """

    __tablename__ = "partnership"
    __table_args__ = (
        reference("proposal_id", "proposal"),
        reference("need_id", "need"),
        reference("offer_id", "offer"),
        reference("asking_urn", "school"),
        reference("giving_urn", "school"),
        UniqueConstraint("authority_id", "proposal_id"),
        CheckConstraint(one_of("state", PARTNERSHIP_WORKFLOW.states), name="state"),
        CheckConstraint("days > 0 AND days * 2 = trunc(days * 2)", name="days"),
        CheckConstraint("days_used >= 0 AND days_used <= days", name="days_used"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("starts_on >= agreed_on - 366", name="not_years_ago"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint(
            "challenged_on IS NULL OR (state = 'ended_early' AND challenge_until IS NOT NULL"
            " AND challenged_on <= challenge_until)",
            name="challenged_in_time",
        ),
        CheckConstraint("(asker_signed_at IS NULL) = (asker_signed_by IS NULL)", name="asker_signed"),
        CheckConstraint("(giver_signed_at IS NULL) = (giver_signed_by IS NULL)", name="giver_signed"),
        Index(
            "uq_partnership_live_need",
            "authority_id",
            "need_id",
            unique=True,
            postgresql_where=text("state IN ('preparing', 'active')"),
        ),
        Index(None, "authority_id", "asking_urn", "state"),
        Index(None, "authority_id", "giving_urn", "state"),
        Index(None, "authority_id", "offer_id", "state"),
    )

    proposal_id: Mapped[UUID]
    need_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    asking_urn: Mapped[int]
    giving_urn: Mapped[int]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    days: Mapped[Decimal] = mapped_column(Numeric(5, 1))
    days_used: Mapped[Decimal] = mapped_column(Numeric(5, 1), server_default=text("0"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    agreed_at: Mapped[datetime] = created_at()
    agreed_on: Mapped[date] = mapped_column(server_default=text("current_date"))
    asker_signed_at: Mapped[datetime | None]
    asker_signed_by: Mapped[UUID | None]
    giver_signed_at: Mapped[datetime | None]
    giver_signed_by: Mapped[UUID | None]
    agreement_version: Mapped[int] = mapped_column(server_default=text("1"))
    outcome: Mapped[str | None]
    ended_because: Mapped[str | None]
    challenge_until: Mapped[date | None]
    challenged_on: Mapped[date | None]


class Aim(AuthorityOwned, Base):
    """One thing to be achieved: how it is measured, where it stands at first and where it should be."""

    __tablename__ = "aim"
    __table_args__ = (
        reference("partnership_id", "partnership"),
        CheckConstraint("char_length(aim) BETWEEN 1 AND 500", name="aim"),
        CheckConstraint("char_length(measure) BETWEEN 1 AND 300", name="measure"),
        CheckConstraint("char_length(baseline) <= 300 AND char_length(target) <= 300", name="length"),
        Index(None, "authority_id", "partnership_id", "id"),
    )

    partnership_id: Mapped[UUID]
    aim: Mapped[str]
    measure: Mapped[str]
    baseline: Mapped[str]
    target: Mapped[str]


promise(
    "days_of_a_partnership_leave_the_pool_with_it",
    """
CREATE FUNCTION take_days_from_pool() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held numeric := 0;
    holds numeric := NEW.days;
    held_place integer := 0;
    holds_place integer := 1;
BEGIN
    IF NEW.state IN ('closed', 'ended_early') THEN
        holds := NEW.days_used;
        holds_place := 0;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        held := OLD.days;
        held_place := 1;
        IF OLD.state IN ('closed', 'ended_early') THEN
            held := OLD.days_used;
            held_place := 0;
        END IF;
    END IF;
    IF holds <> held OR holds_place <> held_place THEN
        UPDATE public.offer SET days_taken = days_taken + holds - held,
               engagements_taken = engagements_taken + holds_place - held_place
         WHERE authority_id = NEW.authority_id AND id = NEW.offer_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER take_days_from_pool AFTER INSERT OR UPDATE OF days, days_used, state ON partnership
    FOR EACH ROW EXECUTE FUNCTION take_days_from_pool();
""",
)
