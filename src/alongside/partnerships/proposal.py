"""A proposal: one offer for one need, until both sides say yes or one says no."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.access.permissions import Permission
from alongside.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.database.promises import promise
from alongside.workflow import BEGINNING, Move, workflow

PROPOSE = Move("propose", (BEGINNING,), "proposed", Permission.PROPOSE, "proposed the offer for the need")
ACCEPT = Move("accept_proposal", ("proposed",), "proposed", Permission.ANSWER_PROPOSAL, "accepted")
AGREE = Move("agree_proposal", ("proposed",), "agreed", Permission.ANSWER_PROPOSAL, "accepted: it is agreed")
ASK_RELEASE = Move(
    "ask_release",
    ("proposed",),
    "to_release",
    Permission.ANSWER_PROPOSAL,
    "accepted: the home head is asked to release",
)
RELEASE = Move(
    "release_leader",
    ("to_release",),
    "agreed",
    Permission.RELEASE_LEADER,
    "released the leader: it is agreed",
)
REFUSE_RELEASE = Move(
    "refuse_release",
    ("to_release",),
    "declined",
    Permission.RELEASE_LEADER,
    "could not release the leader",
    note_required=True,
)
COUNTER = Move(
    "counter_propose", ("proposed",), "proposed", Permission.ANSWER_PROPOSAL, "proposed other days or dates"
)
MORE_TIME = Move(
    "ask_more_time", ("proposed",), "proposed", Permission.ANSWER_PROPOSAL, "asked for more time"
)
DECLINE = Move(
    "decline_proposal", ("proposed",), "declined", Permission.ANSWER_PROPOSAL, "declined", note_required=True
)
FALL_AWAY = Move(
    "drop_proposal",
    ("proposed", "to_release"),
    "lapsed",
    None,
    "the need or the offer ended or changed, so the proposal ended",
)
LAPSE = Move("lapse_proposal", ("proposed", "to_release"), "lapsed", None, "nobody answered in time")
WITHDRAW = Move(
    "withdraw_proposal",
    ("proposed", "to_release"),
    "withdrawn",
    Permission.WITHDRAW_PROPOSAL,
    "withdrew the proposal",
)
SUPERSEDE = Move(
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

    `asking_urn` is the school with the need, `giving_urn` the one with the offer, `proposed_as` the side that
    began, or “leader” when a lead or the core team did and both must answer. A counter-proposal changes the
    terms and takes back the other side's acceptance; `terms_version` counts the terms, so that nobody accepts
    others than they read. `respond_by` is the last day to answer: `respond_days` school days after `respond_from`,
    by the calendars of the schools that must answer. Each side may have more days once.
    `released_by_head` says that the giving school's headteacher accepted in person, which is a release in
    itself. It belongs to one version of need and offer (`*_content_version`, which PostgreSQL fills in).
    `checked_on` is the day for which the hard rules (`pairing.py`) were last asked, `interest_reason` why a
    declared interest was set aside, `not_again_before` the first day on which a declined pair may be proposed
    again.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        reference("need_id", "need"),
        reference("offer_id", "offer"),
        reference("asking_urn", "school"),
        reference("giving_urn", "school"),
        reference("proposed_by", "person"),
        CheckConstraint(one_of("state", PROPOSAL_WORKFLOW.states), name="state"),
        CheckConstraint("days > 0 AND days <= 200 AND days * 2 = trunc(days * 2)", name="days"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("asking_urn <> giving_urn", name="two_schools"),
        CheckConstraint("char_length(message) <= 2000", name="length"),
        CheckConstraint(one_of("proposed_as", ("asker", "giver", "leader")), name="proposed_as"),
        CheckConstraint(one_of("declined_by", ("asker", "giver")), name="declined_by"),
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
        Index(None, "authority_id", "asking_urn", "state"),
        Index(None, "authority_id", "giving_urn", "state"),
        Index(None, "authority_id", "offer_id", "state"),
    )

    need_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    asking_urn: Mapped[int]
    giving_urn: Mapped[int]
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
    asker_had_more_time: Mapped[bool] = mapped_column(server_default=text("false"))
    giver_had_more_time: Mapped[bool] = mapped_column(server_default=text("false"))
    asker_accepted_at: Mapped[datetime | None]
    giver_accepted_at: Mapped[datetime | None]
    released_by_head: Mapped[bool] = mapped_column(server_default=text("false"))
    declined_by: Mapped[str | None]
    decline_reason: Mapped[str | None]
    not_again_before: Mapped[date | None]
    need_content_version: Mapped[int] = mapped_column(server_default=text("1"))
    offer_content_version: Mapped[int] = mapped_column(server_default=text("1"))
    checked_on: Mapped[date] = mapped_column(server_default=text("current_date"))
    interest_reason: Mapped[str | None]


promise(
    "the_date_in_london",
    """
CREATE FUNCTION london_today() RETURNS date LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$ SELECT (now() AT TIME ZONE 'Europe/London')::date $$;
""",
)

promise(
    "a_proposal_is_not_answered_late",
    """
CREATE FUNCTION refuse_late_answer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.respond_by < public.london_today()
       AND (NEW.state IN ('agreed', 'to_release', 'declined') AND NEW.state <> OLD.state
            OR NEW.asker_accepted_at > OLD.asker_accepted_at OR NEW.giver_accepted_at > OLD.giver_accepted_at
            OR (NEW.asker_accepted_at IS NOT NULL AND OLD.asker_accepted_at IS NULL)
            OR (NEW.giver_accepted_at IS NOT NULL AND OLD.giver_accepted_at IS NULL)
            OR NEW.terms_version <> OLD.terms_version
            OR (NEW.asker_had_more_time, NEW.giver_had_more_time)
               <> (OLD.asker_had_more_time, OLD.giver_had_more_time)) THEN
        RAISE EXCEPTION 'the time to answer proposal % ended on %', OLD.id, OLD.respond_by
            USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_answered_in_time', TABLE = 'proposal';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_late_answer BEFORE UPDATE ON proposal
    FOR EACH ROW WHEN (OLD.state IN ('proposed', 'to_release')) EXECUTE FUNCTION refuse_late_answer();
""",
)
