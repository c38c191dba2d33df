"""The `visit_request` table, its workflow, and the trigger that refuses a late answer."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Date, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule
from alongside.platform.database.folding import folded_column
from alongside.platform.workflow import INITIAL, Transition, workflow

ASK = Transition(
    "ask_for_visit", (INITIAL,), "asked", Permission.CHANGE_VISIT_REQUEST, "asked to visit the school"
)
AGREE = Transition(
    "agree_visit", ("asked",), "agreed", Permission.ANSWER_VISIT_REQUEST, "said yes: the visit is agreed"
)
OFFER_DATES = Transition(
    "offer_visit_dates",
    ("asked",),
    "dates_offered",
    Permission.ANSWER_VISIT_REQUEST,
    "said yes, and offered other dates",
)
CHOOSE_DATE = Transition(
    "choose_visit_date",
    ("dates_offered",),
    "agreed",
    Permission.CHANGE_VISIT_REQUEST,
    "chose a date: the visit is agreed",
)
POSTPONE = Transition(
    "postpone_visit", ("asked",), "not_now", Permission.ANSWER_VISIT_REQUEST, "said not now, ask again later"
)
SUGGEST = Transition(
    "suggest_school",
    ("asked",),
    "other_school",
    Permission.ANSWER_VISIT_REQUEST,
    "suggested another school",
)
DECLINE = Transition(
    "decline_visit", ("asked",), "declined", Permission.ANSWER_VISIT_REQUEST, "said no", note_required=True
)
WITHDRAW = Transition(
    "withdraw_visit_request",
    ("asked", "dates_offered"),
    "withdrawn",
    Permission.CHANGE_VISIT_REQUEST,
    "withdrew the request",
)
LAPSE = Transition(
    "lapse_visit_request", ("asked", "dates_offered"), "lapsed", None, "ended it: nobody answered in time"
)
CONFIRM = Transition(
    "confirm_visit", ("agreed",), "took_place", Permission.CONCLUDE_VISIT, "said that the visit took place"
)
CANCEL = Transition(
    "cancel_agreed_visit",
    ("agreed",),
    "cancelled",
    Permission.CONCLUDE_VISIT,
    "cancelled the visit",
    note_required=True,
)

MOVES = (
    ASK,
    AGREE,
    OFFER_DATES,
    CHOOSE_DATE,
    POSTPONE,
    SUGGEST,
    DECLINE,
    WITHDRAW,
    LAPSE,
    CONFIRM,
    CANCEL,
)
OPEN = ("asked", "dates_offered")
"""States in which one of the schools must answer."""

OVER = ("not_now", "other_school", "declined", "withdrawn", "lapsed", "took_place", "cancelled")
VISIT_REQUEST_WORKFLOW = workflow("visit_request", MOVES, OVER)
MOST_DATES = 3
MOST_OF_ONE_PERSON, MOST_TO_ONE_SCHOOL = 10, 3
"""Requests that one person may send in an hour, and one school to another in a day: each is an email."""


class VisitRequest(AuthorityOwned, Base):
    """One school's request to visit another, about an entry of the directory or about the school in general.

    `requesting_urn` asks and `supporting_urn` is asked. `dates` are up to three days that suit the asking school; a
    period has no `dates`, only `earliest_on` and `latest_on`. `dates_offered` are other days that suit the asked
    school, of which the asking school chooses one. `respond_by` is the last day to answer: `respond_days` school
    days after `respond_from`, by the calendar of the school that must answer. `not_before` is from when the school may
    be asked again. `visit_on`, `venue` and `contact` are the agreement: a visit has no aims and no signatures.
    """

    __tablename__ = "visit_request"
    __table_args__ = (
        reference("requesting_urn", "school"),
        reference("supporting_urn", "school"),
        reference("suggested_urn", "school"),
        reference("entry_id", "directory_entry"),
        reference("asked_by", "person"),
        reference("answered_by", "person"),
        CheckConstraint(one_of("state", VISIT_REQUEST_WORKFLOW.states), name="state"),
        CheckConstraint("requesting_urn <> supporting_urn", name="two_schools"),
        CheckConstraint("char_length(wanted) BETWEEN 1 AND 1000", name="wanted"),
        CheckConstraint("char_length(visitors) BETWEEN 1 AND 300", name="visitors"),
        CheckConstraint("visitor_count BETWEEN 1 AND 30", name="visitor_count"),
        CheckConstraint("latest_on >= earliest_on", name="period"),
        CheckConstraint(
            f"cardinality(dates) <= {MOST_DATES} AND cardinality(dates_offered) <= {MOST_DATES}", name="dates"
        ),
        CheckConstraint("char_length(message) <= 2000", name="message"),
        CheckConstraint("char_length(venue) <= 300 AND char_length(contact) <= 300", name="agreed_texts"),
        CheckConstraint(
            "state NOT IN ('agreed', 'took_place', 'cancelled') OR visit_on IS NOT NULL", name="visit_on"
        ),
        CheckConstraint("state <> 'not_now' OR not_before IS NOT NULL", name="not_before"),
        CheckConstraint(
            "state <> 'other_school' OR (suggested_urn IS NOT NULL AND suggested_urn <> supporting_urn)",
            name="suggested",
        ),
        Index(
            "uq_visit_request_open",
            "authority_id",
            "requesting_urn",
            "supporting_urn",
            "entry_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state IN ('asked', 'dates_offered')"),
        ),
        Index(None, "authority_id", "requesting_urn", "state"),
        Index(None, "authority_id", "supporting_urn", "state"),
        Index(None, "authority_id", "entry_id"),
    )

    requesting_urn: Mapped[int]
    supporting_urn: Mapped[int]
    entry_id: Mapped[UUID | None]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    wanted: Mapped[str]
    folded_wanted: Mapped[str] = folded_column("wanted")
    visitors: Mapped[str]
    visitor_count: Mapped[int]
    dates: Mapped[list[date]] = mapped_column(ARRAY(Date), server_default=text("'{}'"))
    earliest_on: Mapped[date]
    latest_on: Mapped[date]
    dates_offered: Mapped[list[date]] = mapped_column(ARRAY(Date), server_default=text("'{}'"))
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime] = created_at()
    respond_by: Mapped[date]
    respond_from: Mapped[date]
    respond_days: Mapped[int]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(server_default=text("''"))
    not_before: Mapped[date | None]
    suggested_urn: Mapped[int | None]
    visit_on: Mapped[date | None]
    venue: Mapped[str] = mapped_column(server_default=text("''"))
    contact: Mapped[str] = mapped_column(server_default=text("''"))


schema_rule(
    "a_visit_request_is_not_answered_late",
    """
CREATE FUNCTION refuse_late_visit_answer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.respond_by < public.london_today()
       AND NEW.state IN ('agreed', 'dates_offered', 'not_now', 'other_school', 'declined') THEN
        RAISE EXCEPTION 'the time to answer visit request % ended on %', OLD.id, OLD.respond_by
            USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_request_answered_in_time', TABLE = 'visit_request';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_late_visit_answer BEFORE UPDATE OF state ON visit_request
    FOR EACH ROW WHEN (OLD.state IN ('asked', 'dates_offered') AND NEW.state <> OLD.state)
    EXECUTE FUNCTION refuse_late_visit_answer();
""",
)
