"""Tables of consultations, their questions, the schools that are asked and their answers, and the workflow."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.consortia.models import PHASES
from alongside.features.consultations.access_policy import OF_ANSWER, OF_CONSULTATION, OF_QUESTION, OF_SCHOOL
from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import (
    AuthorityKeyed,
    AuthorityOwned,
    Base,
    created_at,
    one_of,
    reference,
)
from alongside.platform.database.ddl import schema_rule
from alongside.platform.workflow import INITIAL, Transition, workflow

DRAFT = Transition(
    "draft_consultation", (INITIAL,), "draft", Permission.MANAGE_CONSULTATION, "wrote the consultation"
)
OPEN = Transition(
    "open_consultation", ("draft",), "open", Permission.MANAGE_CONSULTATION, "opened the consultation"
)
CLOSE = Transition("close_consultation", ("open",), "closed", None, "closed it: the last day has passed")
DECIDE = Transition(
    "decide_consultation", ("closed",), "decided", Permission.MANAGE_CONSULTATION, "recorded the decision"
)
WITHDRAW = Transition(
    "withdraw_consultation",
    ("draft", "open", "closed"),
    "withdrawn",
    Permission.MANAGE_CONSULTATION,
    "withdrew the consultation",
    note_required=True,
)
CONSULTATION_WORKFLOW = workflow(
    "consultation", (DRAFT, OPEN, CLOSE, DECIDE, WITHDRAW), ("decided", "withdrawn")
)
LONGEST_BODY, LONGEST_ANSWER = 8000, 2000
MOST_QUESTIONS, MOST_CHOICES = 12, 10
KINDS = {
    "agreement": "Agree, disagree or no view",
    "choice": "One of several choices",
    "text": "Free text",
}
AGREEMENT = ("Agree", "Disagree", "No view")
"""The choices of a question that asks whether a school agrees."""


class Consultation(AuthorityOwned, Base):
    """A text with questions for the headteachers of all schools or of one phase.

    `school_days` is the period, from `opens_on`. When it opens, the schools are listed with their own last day,
    `closes_on` is the latest of these, and `school_phases` are the phases and kinds of school that the settings
    counted to `phase`. When it closes, the numbers are kept: `asked`, `answered`, and in `counts` how many schools
    gave each answer to each question. `decision` is what was decided, with its reference and date.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        reference("created_by", "person"),
        CheckConstraint(one_of("state", CONSULTATION_WORKFLOW.states), name="state"),
        CheckConstraint(one_of("phase", PHASES), name="phase"),
        CheckConstraint("title ~ '[[:alnum:]]' AND char_length(title) <= 120", name="title"),
        CheckConstraint(f"char_length(body) BETWEEN 1 AND {LONGEST_BODY}", name="body"),
        CheckConstraint("school_days BETWEEN 1 AND 60", name="school_days"),
        CheckConstraint(
            "(opens_on IS NULL) = (closes_on IS NULL)"
            " AND (opens_on IS NOT NULL OR state IN ('draft', 'withdrawn'))",
            name="opened",
        ),
        CheckConstraint("state NOT IN ('closed', 'decided') OR closed_at IS NOT NULL", name="closed"),
        CheckConstraint("(closed_at IS NULL) = (asked IS NULL)", name="numbers"),
        CheckConstraint("answered BETWEEN 0 AND asked", name="answered"),
        CheckConstraint(
            "state <> 'decided' OR (decision <> '' AND decision_reference <> '' AND decided_on IS NOT NULL)",
            name="decision",
        ),
        CheckConstraint(
            "char_length(decision) <= 4000 AND char_length(decision_reference) <= 200", name="decision_length"
        ),
        CheckConstraint("state <> 'withdrawn' OR withdrawn_because <> ''", name="withdrawn_because"),
        Index(None, "authority_id", "state", "closes_on"),
        {"info": {"second_policy": OF_CONSULTATION}},
    )

    state: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    phase: Mapped[str | None]
    school_phases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    school_days: Mapped[int]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_at()
    version: Mapped[int] = mapped_column(server_default=text("1"))
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    asked: Mapped[int | None]
    answered: Mapped[int | None]
    counts: Mapped[Mapping[str, Mapping[str, int]]] = mapped_column(JSONB, server_default=text("'{}'"))
    decision: Mapped[str] = mapped_column(server_default=text("''"))
    decision_reference: Mapped[str] = mapped_column(server_default=text("''"))
    decided_on: Mapped[date | None]
    withdrawn_because: Mapped[str] = mapped_column(server_default=text("''"))


class ConsultationQuestion(AuthorityOwned, Base):
    """A question of a consultation; it changes only in the draft. `number` orders the questions."""

    __tablename__ = "consultation_question"
    __table_args__ = (
        reference("consultation_id", "consultation"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("wording ~ '[[:alnum:]]' AND char_length(wording) <= 300", name="wording"),
        CheckConstraint(
            f"(kind = 'text') = (cardinality(choices) = 0) AND cardinality(choices) <= {MOST_CHOICES}"
            " AND cardinality(choices) <> 1",
            name="choices",
        ),
        Index(None, "authority_id", "consultation_id", "number"),
        {"info": {"second_policy": OF_QUESTION}},
    )

    consultation_id: Mapped[UUID]
    number: Mapped[int]
    kind: Mapped[str]
    wording: Mapped[str]
    choices: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    removed_at: Mapped[datetime | None]


class ConsultationSchool(AuthorityKeyed, Base):
    """A school that is asked in a consultation, and its last day to answer, by its own calendar."""

    __tablename__ = "consultation_school"
    __table_args__ = (
        reference("consultation_id", "consultation"),
        reference("school_urn", "school"),
        Index(None, "authority_id", "school_urn"),
        {"info": {"second_policy": OF_SCHOOL}},
    )

    consultation_id: Mapped[UUID] = mapped_column(primary_key=True)
    school_urn: Mapped[int] = mapped_column(primary_key=True)
    answer_by: Mapped[date]


class ConsultationAnswer(AuthorityKeyed, Base):
    """The one answer of a school that is asked: the text of the choice, or what was written, by question."""

    __tablename__ = "consultation_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["authority_id", "consultation_id", "school_urn"],
            [
                "consultation_school.authority_id",
                "consultation_school.consultation_id",
                "consultation_school.school_urn",
            ],
            name="fk_consultation_answer_only_of_asked_schools",
        ),
        reference("answered_by", "person"),
        {"info": {"second_policy": OF_ANSWER}},
    )

    consultation_id: Mapped[UUID] = mapped_column(primary_key=True)
    school_urn: Mapped[int] = mapped_column(primary_key=True)
    answers: Mapped[Mapping[str, str]] = mapped_column(JSONB)
    answered_by: Mapped[UUID]
    answered_at: Mapped[datetime] = created_at()
    changed_at: Mapped[datetime | None]


schema_rule(
    "a_consultation_is_answered_in_time_and_its_questions_stay",
    """
CREATE FUNCTION refuse_late_consultation_answer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.consultation_school asked
                 JOIN public.consultation c
                   ON c.authority_id = asked.authority_id AND c.id = asked.consultation_id
                WHERE asked.authority_id = NEW.authority_id AND asked.consultation_id = NEW.consultation_id
                  AND asked.school_urn = NEW.school_urn
                  AND (c.state <> 'open' OR asked.answer_by < public.london_today())) THEN
        RAISE EXCEPTION 'consultation % takes no more answers of school %', NEW.consultation_id, NEW.school_urn
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultation_answered_in_time',
                  TABLE = 'consultation_answer';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION refuse_other_consultation_answer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM jsonb_each_text(NEW.answers) given
                WHERE NOT EXISTS (SELECT FROM public.consultation_question q
                                   WHERE q.authority_id = NEW.authority_id AND q.id::text = given.key
                                     AND q.consultation_id = NEW.consultation_id AND q.removed_at IS NULL
                                     AND (q.kind = 'text' OR given.value = ANY (q.choices)))) THEN
        RAISE EXCEPTION 'consultation % has no such question or choice', NEW.consultation_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultation_answer_to_its_questions',
                  TABLE = 'consultation_answer';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_other_consultation_answer BEFORE INSERT OR UPDATE OF answers ON consultation_answer
    FOR EACH ROW EXECUTE FUNCTION refuse_other_consultation_answer();

CREATE TRIGGER refuse_late_consultation_answer BEFORE INSERT OR UPDATE ON consultation_answer
    FOR EACH ROW EXECUTE FUNCTION refuse_late_consultation_answer();

CREATE FUNCTION refuse_changed_consultation_question() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.consultation c
                    WHERE c.authority_id = NEW.authority_id AND c.id = NEW.consultation_id AND c.state = 'draft') THEN
        RAISE EXCEPTION 'the questions of consultation % no longer change', NEW.consultation_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultation_question_in_draft',
                  TABLE = 'consultation_question';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_changed_consultation_question BEFORE INSERT OR UPDATE ON consultation_question
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_consultation_question();
""",
)

schema_rule(
    "a_consultation_stays_as_the_schools_read_it_and_no_person_closes_it",
    """
CREATE FUNCTION refuse_changed_consultation() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'draft' AND ROW(NEW.title, NEW.body, NEW.phase, NEW.school_phases, NEW.school_days, NEW.opens_on)
         IS DISTINCT FROM ROW(OLD.title, OLD.body, OLD.phase, OLD.school_phases, OLD.school_days, OLD.opens_on)
       OR OLD.state = 'decided' AND ROW(NEW.decision, NEW.decision_reference, NEW.decided_on)
         IS DISTINCT FROM ROW(OLD.decision, OLD.decision_reference, OLD.decided_on) THEN
        RAISE EXCEPTION 'consultation % stays as the schools read it', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultation_text_is_kept', TABLE = 'consultation';
    END IF;
    IF (NEW.state = 'closed' AND OLD.state <> 'closed'
        OR ROW(NEW.closed_at, NEW.asked, NEW.answered, NEW.counts)
           IS DISTINCT FROM ROW(OLD.closed_at, OLD.asked, OLD.answered, OLD.counts))
       AND (security.requester())[1] <> 'system' THEN
        RAISE EXCEPTION 'no person closes consultation %, or counts its answers', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultation_closed_by_the_system',
                  TABLE = 'consultation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_changed_consultation BEFORE UPDATE ON consultation
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_consultation();
""",
)
