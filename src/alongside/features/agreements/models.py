"""The `support_agreement` and `aim` tables, their workflow, and the trigger that takes days from the pool."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule
from alongside.platform.workflow import INITIAL, Transition, workflow

PREPARE = Transition("prepare_agreement", (INITIAL,), "preparing", None, "agreed the agreement")
SIGN = Transition(
    "sign_agreement", ("preparing",), "preparing", Permission.SIGN_AGREEMENT, "signed the agreement"
)
BEGIN = Transition(
    "begin_agreement", ("preparing",), "active", Permission.SIGN_AGREEMENT, "signed: the agreement began"
)
AMEND = Transition("amend_agreement", ("active",), "active", Permission.AMEND_AGREEMENT, "agreed a change")
CLOSE = Transition(
    "close_agreement", ("active",), "closed", None, "both sides have reviewed: the agreement is closed"
)
END_EARLY = Transition(
    "end_agreement",
    ("preparing", "active"),
    "ended_early",
    Permission.END_AGREEMENT,
    "ended the agreement early",
    note_required=True,
)
CHALLENGE = Transition(
    "challenge_match",
    ("preparing", "active"),
    "ended_early",
    Permission.END_AGREEMENT,
    "challenged the match that was made on its behalf",
    note_required=True,
)

OUTCOMES = ("met", "part_met", "not_met")
MOVES = (PREPARE, SIGN, BEGIN, AMEND, CLOSE, END_EARLY, CHALLENGE)
AGREEMENT_WORKFLOW = workflow("support_agreement", MOVES, ("closed", "ended_early"))


class SupportAgreement(AuthorityOwned, Base):
    """Support that two schools have agreed.

    `agreed_on` is the day of the agreement in local time: no visit is before that day or `starts_on`.
    `days` are taken from the offer's pool, `days_used` are those of recorded visits. Both heads sign
    when there is an aim; `agreement_version` is the version they sign, and signatures of an earlier one are
    cleared. `outcome` (met, part_met, not_met) is the requesting school's result, `ended_because`
    the reason of an early end. A match that a lead proposed on behalf of the schools can be challenged by either
    until `challenge_until`; `challenged_on` is when one did. The message of an ending to the school of the side
    `delayed_side` goes out at `shown_from`; until then that school reads the agreement as it was before.
    """

    __tablename__ = "support_agreement"
    __table_args__ = (
        reference("proposal_id", "proposal"),
        reference("need_id", "need"),
        reference("offer_id", "offer"),
        reference("requesting_urn", "school"),
        reference("supporting_urn", "school"),
        UniqueConstraint("authority_id", "proposal_id"),
        CheckConstraint(one_of("state", AGREEMENT_WORKFLOW.states), name="state"),
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
        CheckConstraint(one_of("delayed_side", ("requesting", "supporting")), name="delayed_side"),
        CheckConstraint(
            "(delayed_side IS NULL) = (shown_from IS NULL)"
            " AND (shown_from IS NULL OR state IN ('closed', 'ended_early'))",
            name="only_an_ending_is_delayed",
        ),
        CheckConstraint(
            "(requesting_signed_at IS NULL) = (requesting_signed_by IS NULL)", name="requesting_signed"
        ),
        CheckConstraint(
            "(supporting_signed_at IS NULL) = (supporting_signed_by IS NULL)", name="supporting_signed"
        ),
        Index(
            "uq_agreement_live_need",
            "authority_id",
            "need_id",
            unique=True,
            postgresql_where=text("state IN ('preparing', 'active')"),
        ),
        Index(None, "authority_id", "requesting_urn", "state"),
        Index(None, "authority_id", "supporting_urn", "state"),
        Index(None, "authority_id", "offer_id", "state"),
    )

    proposal_id: Mapped[UUID]
    need_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    requesting_urn: Mapped[int]
    supporting_urn: Mapped[int]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    days: Mapped[Decimal] = mapped_column(Numeric(5, 1))
    days_used: Mapped[Decimal] = mapped_column(Numeric(5, 1), server_default=text("0"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    agreed_at: Mapped[datetime] = created_at()
    agreed_on: Mapped[date] = mapped_column(server_default=text("current_date"))
    requesting_signed_at: Mapped[datetime | None]
    requesting_signed_by: Mapped[UUID | None]
    supporting_signed_at: Mapped[datetime | None]
    supporting_signed_by: Mapped[UUID | None]
    agreement_version: Mapped[int] = mapped_column(server_default=text("1"))
    outcome: Mapped[str | None]
    ended_because: Mapped[str | None]
    challenge_until: Mapped[date | None]
    challenged_on: Mapped[date | None]
    delayed_side: Mapped[str | None]
    shown_from: Mapped[datetime | None]


class Aim(AuthorityOwned, Base):
    """An aim of an agreement, with its measure, baseline and target."""

    __tablename__ = "aim"
    __table_args__ = (
        reference("agreement_id", "support_agreement"),
        CheckConstraint("char_length(aim) BETWEEN 1 AND 500", name="aim"),
        CheckConstraint("char_length(measure) BETWEEN 1 AND 300", name="measure"),
        CheckConstraint("char_length(baseline) <= 300 AND char_length(target) <= 300", name="length"),
        Index(None, "authority_id", "agreement_id", "id"),
    )

    agreement_id: Mapped[UUID]
    aim: Mapped[str]
    measure: Mapped[str]
    baseline: Mapped[str]
    target: Mapped[str]


schema_rule(
    "days_of_an_agreement_leave_the_pool_with_it",
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

CREATE TRIGGER take_days_from_pool AFTER INSERT OR UPDATE OF days, days_used, state ON support_agreement
    FOR EACH ROW EXECUTE FUNCTION take_days_from_pool();
""",
)

schema_rule(
    "an_agreement_commits_its_cost_and_gives_back_the_rest",
    """
CREATE FUNCTION commit_cost_of_agreement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF session_user <> 'alongside_app' THEN
        RETURN NULL;  -- rows that another role loads have no tenant context
    END IF;
    IF TG_OP = 'INSERT' OR NEW.days > OLD.days THEN
        PERFORM commit_support_agreement(NEW.authority_id, NEW.id);
        RETURN NULL;
    END IF;
    BEGIN
        PERFORM commit_support_agreement(NEW.authority_id, NEW.id);
    EXCEPTION WHEN check_violation THEN
        NULL;  -- a visit that took place is recorded, even if its year has no money: what was committed stays
    END;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION commit_cost_of_agreement() FROM PUBLIC;

CREATE TRIGGER commit_cost_of_agreement
    AFTER INSERT OR UPDATE OF days, days_used, state, starts_on, ends_on ON support_agreement
    FOR EACH ROW EXECUTE FUNCTION commit_cost_of_agreement();
""",
)
