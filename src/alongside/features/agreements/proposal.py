"""The `proposal` table and its workflow: one offer proposed for one need."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule
from alongside.platform.workflow import INITIAL, Transition, workflow

PROPOSE = Transition("propose", (INITIAL,), "proposed", Permission.PROPOSE, "proposed the offer for the need")
ACCEPT = Transition("accept_proposal", ("proposed",), "proposed", Permission.ANSWER_PROPOSAL, "accepted")
AGREE = Transition(
    "agree_proposal", ("proposed",), "agreed", Permission.ANSWER_PROPOSAL, "accepted: it is agreed"
)
ASK_RELEASE = Transition(
    "ask_release",
    ("proposed",),
    "to_release",
    Permission.ANSWER_PROPOSAL,
    "accepted: the leader’s own headteacher is asked to release them",
)
RELEASE = Transition(
    "release_leader",
    ("to_release",),
    "agreed",
    Permission.RELEASE_LEADER,
    "released the leader: it is agreed",
)
REFUSE_RELEASE = Transition(
    "refuse_release",
    ("to_release",),
    "declined",
    Permission.RELEASE_LEADER,
    "could not release the leader",
    note_required=True,
)
COUNTER = Transition(
    "counter_propose", ("proposed",), "proposed", Permission.ANSWER_PROPOSAL, "proposed other days or dates"
)
MORE_TIME = Transition(
    "ask_more_time", ("proposed",), "proposed", Permission.ANSWER_PROPOSAL, "asked for more time"
)
DECLINE = Transition(
    "decline_proposal", ("proposed",), "declined", Permission.ANSWER_PROPOSAL, "declined", note_required=True
)
FALL_AWAY = Transition(
    "drop_proposal",
    ("proposed", "to_release"),
    "lapsed",
    None,
    "the need or the offer ended or changed, so the proposal ended",
)
LAPSE = Transition("lapse_proposal", ("proposed", "to_release"), "lapsed", None, "nobody answered in time")
WITHDRAW = Transition(
    "withdraw_proposal",
    ("proposed", "to_release"),
    "withdrawn",
    Permission.WITHDRAW_PROPOSAL,
    "withdrew the proposal",
)
SUPERSEDE = Transition(
    "supersede_proposal",
    ("proposed", "to_release"),
    "superseded",
    None,
    "another proposal for the need was agreed",
)

MOVES = (
    PROPOSE,
    ACCEPT,
    COUNTER,
    MORE_TIME,
    AGREE,
    ASK_RELEASE,
    RELEASE,
    REFUSE_RELEASE,
    DECLINE,
    LAPSE,
    FALL_AWAY,
    WITHDRAW,
    SUPERSEDE,
)
PROPOSAL_WORKFLOW = workflow("proposal", MOVES, ("agreed", "declined", "lapsed", "withdrawn", "superseded"))


class Proposal(AuthorityOwned, Base):
    """One offer proposed for one need, on terms that both sides must accept.

    `requesting_urn` is the school with the need, `supporting_urn` the one with the offer, `proposed_as` the side that
    proposed it, or “leader” when a lead or the core team did and both must answer. A counter-proposal changes the
    terms and cancels the other side's acceptance; `terms_version` goes up with the terms, so that nobody accepts
    terms that they have not read. `respond_by` is the last day to answer: `respond_days` school days after
    `respond_from`, by the calendars of the schools that must answer. Each side may have more days once.
    `released_by_head` is true when the supporting school's headteacher accepted in person, which is also a
    release. It belongs to one version of need and offer (`*_content_version`, which a trigger sets).
    `interest_reason` is why a declared interest was overridden; a trigger (`pairing.py`) keeps it and the pair as
    they were proposed. `not_again_before` is the first day on which a declined pair can be proposed again.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        reference("need_id", "need"),
        reference("offer_id", "offer"),
        reference("requesting_urn", "school"),
        reference("supporting_urn", "school"),
        reference("proposed_by", "person"),
        CheckConstraint(one_of("state", PROPOSAL_WORKFLOW.states), name="state"),
        CheckConstraint("days > 0 AND days <= 200 AND days * 2 = trunc(days * 2)", name="days"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("requesting_urn <> supporting_urn", name="two_schools"),
        CheckConstraint("char_length(message) <= 2000", name="length"),
        CheckConstraint(one_of("proposed_as", ("requesting", "supporting", "leader")), name="proposed_as"),
        CheckConstraint(one_of("declined_by", ("requesting", "supporting")), name="declined_by"),
        CheckConstraint("char_length(interest_reason) BETWEEN 1 AND 500", name="interest_reason"),
        CheckConstraint("state <> 'declined' OR not_again_before IS NOT NULL", name="not_again_before"),
        CheckConstraint("(respond_from IS NULL) = (respond_days IS NULL)", name="respond_by"),
        Index(
            "uq_proposal_live",
            "authority_id",
            "need_id",
            "offer_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'to_release')"),
        ),
        Index(None, "authority_id", "requesting_urn", "state"),
        Index(None, "authority_id", "supporting_urn", "state"),
        Index(None, "authority_id", "offer_id", "state"),
    )

    need_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    requesting_urn: Mapped[int]
    supporting_urn: Mapped[int]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    days: Mapped[Decimal] = mapped_column(Numeric(5, 1))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    message: Mapped[str]
    proposed_by: Mapped[UUID | None]
    proposed_as: Mapped[str]
    proposed_at: Mapped[datetime] = created_at()
    respond_by: Mapped[date]
    respond_from: Mapped[date | None]
    respond_days: Mapped[int | None]
    terms_version: Mapped[int] = mapped_column(server_default=text("1"))
    requesting_had_more_time: Mapped[bool] = mapped_column(server_default=text("false"))
    supporting_had_more_time: Mapped[bool] = mapped_column(server_default=text("false"))
    requesting_accepted_at: Mapped[datetime | None]
    supporting_accepted_at: Mapped[datetime | None]
    released_by_head: Mapped[bool] = mapped_column(server_default=text("false"))
    declined_by: Mapped[str | None]
    decline_reason: Mapped[str | None]
    not_again_before: Mapped[date | None]
    need_content_version: Mapped[int] = mapped_column(server_default=text("1"))
    offer_content_version: Mapped[int] = mapped_column(server_default=text("1"))
    interest_reason: Mapped[str | None]


schema_rule(
    "the_date_in_london",
    """
CREATE FUNCTION london_today() RETURNS date LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$ SELECT (now() AT TIME ZONE 'Europe/London')::date $$;
""",
)

schema_rule(
    "a_need_knows_until_when_an_answer_is_expected",
    """
CREATE FUNCTION note_proposed_until() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.need SET proposed_until = (
        SELECT max(p.respond_by) FROM public.proposal p
         WHERE p.authority_id = NEW.authority_id AND p.need_id = NEW.need_id
           AND p.state IN ('proposed', 'to_release')),
           audience_before = CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE audience_before END
     WHERE authority_id = NEW.authority_id AND id = NEW.need_id;
    RETURN NULL;
END $$;

CREATE TRIGGER note_proposed_until AFTER INSERT OR UPDATE OF state, respond_by ON proposal
    FOR EACH ROW EXECUTE FUNCTION note_proposed_until();
""",
)

schema_rule(
    "a_proposal_is_not_answered_late",
    """
CREATE FUNCTION refuse_late_answer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.respond_by < public.london_today()
       AND (NEW.state IN ('agreed', 'to_release', 'declined') AND NEW.state <> OLD.state
            OR NEW.requesting_accepted_at > OLD.requesting_accepted_at OR NEW.supporting_accepted_at >
            OLD.supporting_accepted_at
            OR (NEW.requesting_accepted_at IS NOT NULL AND OLD.requesting_accepted_at IS NULL)
            OR (NEW.supporting_accepted_at IS NOT NULL AND OLD.supporting_accepted_at IS NULL)
            OR NEW.terms_version <> OLD.terms_version
            OR (NEW.requesting_had_more_time, NEW.supporting_had_more_time)
               <> (OLD.requesting_had_more_time, OLD.supporting_had_more_time)) THEN
        RAISE EXCEPTION 'the time to answer proposal % ended on %', OLD.id, OLD.respond_by
            USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_answered_in_time', TABLE = 'proposal';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_late_answer BEFORE UPDATE ON proposal
    FOR EACH ROW WHEN (OLD.state IN ('proposed', 'to_release')) EXECUTE FUNCTION refuse_late_answer();
""",
)
