"""The `visit` table and its workflow. Recorded visits count against the agreed days.

Only `visit_on` and `days` of the row count, in one CHECK on the agreement. They are those of the school that recorded
the visit, until both schools agree on other figures, or a lead or officer settles them. Other figures replace them
under the same CHECK as a new visit, so no day is promised twice.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule
from alongside.platform.workflow import INITIAL, Transition, workflow

PLAN_VISIT = Transition("plan_visit", (INITIAL,), "planned", Permission.RECORD_VISIT, "planned a visit")
LOG_VISIT = Transition("log_visit", (INITIAL,), "recorded", Permission.RECORD_VISIT, "recorded a visit")
RECORD_VISIT = Transition(
    "record_visit", ("planned",), "recorded", Permission.RECORD_VISIT, "recorded the planned visit"
)
CORRECT_VISIT = Transition(
    "correct_visit",
    ("recorded",),
    "recorded",
    Permission.RECORD_VISIT,
    "corrected the record of a visit",
)
CANCEL_VISIT = Transition(
    "cancel_visit",
    ("planned",),
    "cancelled",
    Permission.RECORD_VISIT,
    "cancelled a planned visit",
    note_required=True,
)
VOID_VISIT = Transition(
    "void_visit",
    ("recorded",),
    "cancelled",
    Permission.RECORD_VISIT,
    "removed the record of a visit that did not take place",
    note_required=True,
)
DROP_VISIT = Transition(
    "drop_visit",
    ("planned",),
    "cancelled",
    None,
    "the agreement has ended, so the planned visit was cancelled",
)
CONFIRM_RECORD = Transition(
    "confirm_visit_record",
    ("recorded",),
    "recorded",
    Permission.RECORD_VISIT,
    "answered that the record of a visit is correct",
)
DIFFER = Transition(
    "answer_with_corrections",
    ("recorded",),
    "recorded",
    Permission.RECORD_VISIT,
    "answered the record of a visit with corrections",
)
DISPUTE_RECORD = Transition(
    "dispute_visit_record",
    ("recorded",),
    "recorded",
    Permission.RECORD_VISIT,
    "disagreed with the record of a visit",
    note_required=True,
)
ACCEPT_CORRECTIONS = Transition(
    "accept_visit_corrections",
    ("recorded",),
    "recorded",
    Permission.RECORD_VISIT,
    "agreed to the other school’s date and days of a visit",
)
LAPSE_ANSWER = Transition(
    "lapse_visit_answer", ("recorded",), "recorded", None, "the record of a visit was not answered in time"
)
SETTLE_RECORD = Transition(
    "settle_visit_record",
    ("recorded",),
    "recorded",
    Permission.SETTLE_VISIT,
    "settled the record of a visit",
    note_required=True,
)
DISMISS_RECORD = Transition(
    "dismiss_visit_record",
    ("recorded",),
    "cancelled",
    Permission.SETTLE_VISIT,
    "settled that a visit does not count",
    note_required=True,
)

MOVES = (
    PLAN_VISIT,
    LOG_VISIT,
    RECORD_VISIT,
    CORRECT_VISIT,
    CANCEL_VISIT,
    VOID_VISIT,
    DROP_VISIT,
    CONFIRM_RECORD,
    DIFFER,
    DISPUTE_RECORD,
    ACCEPT_CORRECTIONS,
    LAPSE_ANSWER,
    SETTLE_RECORD,
    DISMISS_RECORD,
)
ANSWERS = ("", "waiting", "correct", "corrected", "disagree", "agreed", "not_answered")
SETTLEMENTS = ("record", "answer", "none")
VISIT_WORKFLOW = workflow("visit", MOVES, ("recorded", "cancelled"))


class Visit(AuthorityOwned, Base):
    """A visit that uses some of the agreed days, at a school or remotely.

    `days` in half days; only recorded visits count as used. `done` is what was done, `next_steps` what
    comes next. A record is due by `record_due_on`; `chased_on` is the day of the reminder.

    A recorded visit has two halves. `recorded_side` wrote the record; the other school answers it by `answer_due_on`,
    counted from `answer_asked_on`, once for each version. `answer` is waiting, correct, corrected (with
    `answered_visit_on`, `answered_days` and `answered_done` beside the record), disagree (with `answer_reason`), agreed
    (the recording school took over the date and days of the answer), or not_answered. `hoped_for` and `took_away` are
    the supported school's own words, before or after the visit. `settled_as` is what a lead or officer decided: that
    the record counts, the answer, or none.
    """

    __tablename__ = "visit"
    __table_args__ = (
        reference("agreement_id", "support_agreement"),
        reference("answered_by", "person"),
        reference("hopes_by", "person"),
        reference("settled_by", "person"),
        CheckConstraint(one_of("state", VISIT_WORKFLOW.states), name="state"),
        CheckConstraint("days > 0 AND days <= 20 AND days * 2 = trunc(days * 2)", name="days"),
        CheckConstraint("char_length(focus) BETWEEN 1 AND 200", name="focus"),
        CheckConstraint("char_length(done) <= 4000 AND char_length(next_steps) <= 2000", name="length"),
        CheckConstraint("state <> 'recorded' OR char_length(done) > 0", name="recorded_in_words"),
        CheckConstraint(one_of("recorded_side", ("requesting", "supporting")), name="recorded_side"),
        CheckConstraint("state <> 'recorded' OR recorded_side IS NOT NULL", name="recorded_by_a_side"),
        CheckConstraint(one_of("answer", ANSWERS), name="answer"),
        CheckConstraint("state <> 'recorded' OR answer <> ''", name="answer_expected"),
        CheckConstraint("answer <> 'waiting' OR answer_due_on >= answer_asked_on", name="answer_due_on"),
        CheckConstraint(
            "answer <> 'corrected' OR (answered_visit_on IS NOT NULL AND answered_days IS NOT NULL)",
            name="corrections",
        ),
        CheckConstraint("answer <> 'disagree' OR answer_reason <> ''", name="answer_reason"),
        CheckConstraint(
            "answered_days > 0 AND answered_days <= 20 AND answered_days * 2 = trunc(answered_days * 2)",
            name="answered_days",
        ),
        CheckConstraint(
            "char_length(answered_done) <= 4000 AND char_length(answer_reason) <= 1000"
            " AND char_length(hoped_for) <= 2000 AND char_length(took_away) <= 2000"
            " AND char_length(settled_because) <= 1000",
            name="answer_lengths",
        ),
        CheckConstraint(one_of("settled_as", SETTLEMENTS), name="settled_as"),
        CheckConstraint("(settled_as IS NULL) = (settled_by IS NULL)", name="settled_by_somebody"),
        Index(None, "authority_id", "agreement_id", "visit_on"),
        Index(None, "authority_id", "answer", "answer_due_on"),
        Index(None, "authority_id", "state", "record_due_on"),
    )

    agreement_id: Mapped[UUID]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    visit_on: Mapped[date]
    days: Mapped[Decimal] = mapped_column(Numeric(5, 1))
    focus: Mapped[str]
    done: Mapped[str] = mapped_column(server_default=text("''"))
    next_steps: Mapped[str] = mapped_column(server_default=text("''"))
    record_due_on: Mapped[date]
    recorded_at: Mapped[datetime | None]
    recorded_by: Mapped[UUID | None]
    recorded_side: Mapped[str | None]
    hoped_for: Mapped[str] = mapped_column(server_default=text("''"))
    took_away: Mapped[str] = mapped_column(server_default=text("''"))
    hopes_by: Mapped[UUID | None]
    answer: Mapped[str] = mapped_column(server_default=text("''"))
    answer_asked_on: Mapped[date | None]
    answer_due_on: Mapped[date | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    answered_visit_on: Mapped[date | None]
    answered_days: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    answered_done: Mapped[str] = mapped_column(server_default=text("''"))
    answer_reason: Mapped[str] = mapped_column(server_default=text("''"))
    settled_as: Mapped[str | None]
    settled_because: Mapped[str] = mapped_column(server_default=text("''"))
    settled_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    chased_on: Mapped[date | None]
    written_at: Mapped[datetime] = created_at()


schema_rule(
    "days_of_recorded_visits_count_as_used",
    """
CREATE FUNCTION count_days_used() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    more numeric := 0;
BEGIN
    IF NEW.state = 'recorded' THEN
        more := NEW.days;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'recorded' THEN
        more := more - OLD.days;
    END IF;
    IF more <> 0 THEN
        UPDATE public.support_agreement SET days_used = days_used + more
         WHERE authority_id = NEW.authority_id AND id = NEW.agreement_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER count_days_used AFTER INSERT OR UPDATE OF days, state ON visit
    FOR EACH ROW EXECUTE FUNCTION count_days_used();
""",
)

schema_rule(
    "no_visit_comes_before_its_agreement",
    """
CREATE FUNCTION refuse_visit_before_agreement() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM public.support_agreement p
         WHERE p.authority_id = NEW.authority_id AND p.id = NEW.agreement_id
           AND NEW.visit_on < least(p.starts_on, p.agreed_on))
    THEN
        RAISE EXCEPTION 'the visit is earlier than its agreement'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_not_before_agreement';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_visit_before_agreement BEFORE INSERT OR UPDATE OF visit_on, agreement_id ON visit
    FOR EACH ROW WHEN (NEW.state = 'recorded') EXECUTE FUNCTION refuse_visit_before_agreement();
""",
)
