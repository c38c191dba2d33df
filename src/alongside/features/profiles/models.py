"""Tables of methods and profiles with their snapshots, invitations, comments and disputes, and their workflows."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.consortia.models import PHASES
from alongside.features.performance.models import ACADEMIC_YEAR
from alongside.features.profiles.access_policy import (
    OF_COMMENT,
    OF_DISPUTE,
    OF_INVITATION,
    OF_PROFILE,
    OF_SNAPSHOT,
)
from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule
from alongside.platform.workflow import INITIAL, Transition, workflow

PREPARE = Permission.PREPARE_PROFILE
DRAFT_METHOD = Transition("draft_method", (INITIAL,), "draft", PREPARE, "wrote the method")
ADOPT_METHOD = Transition("adopt_method", ("draft",), "in_force", PREPARE, "put the method in force")
SUPERSEDE_METHOD = Transition(
    "supersede_method", ("in_force",), "superseded", PREPARE, "replaced the method by a later version"
)
METHOD_WORKFLOW = workflow(
    "profile_method", (DRAFT_METHOD, ADOPT_METHOD, SUPERSEDE_METHOD), ("in_force", "superseded")
)

CALCULATE = Transition("calculate_profile", (INITIAL,), "calculated", PREPARE, "calculated the profile")
SHARE = Transition("share_profile", ("calculated",), "shared", PREPARE, "shared the profile with the school")
DISCUSS = Transition(
    "discuss_profile", ("shared", "declined", "no_answer"), "discussed", PREPARE, "recorded the discussion"
)
DECLINE = Transition(
    "decline_profile", ("shared",), "declined", PREPARE, "recorded that the school declined a discussion"
)
NO_ANSWER = Transition(
    "profile_without_answer", ("shared",), "no_answer", PREPARE, "recorded that the school did not answer"
)
FINALISE = Transition(
    "finalise_profile", ("discussed", "declined", "no_answer"), "final", PREPARE, "made the profile final"
)
REVISE = Transition("revise_profile", ("final",), "revised", PREPARE, "recalculated the final profile")
PROFILE_WORKFLOW = workflow(
    "profile", (CALCULATE, SHARE, DISCUSS, DECLINE, NO_ANSWER, FINALISE, REVISE), ("final", "revised")
)
ASKED = (
    "(discussed_on IS NOT NULL OR declined_on IS NOT NULL"
    " OR (invited_again_on IS NOT NULL AND answer_by IS NOT NULL))"
)
"""SQL: a discussion was recorded, or that the school declined it, or the school was invited twice."""

DIRECTIONS = ("improving", "unchanged", "deteriorating")
AUDIENCES = ("school", "others")
LONGEST_COMMENT = 4000


class ProfileMethod(AuthorityOwned, Base):
    """One version of a method for one phase: its content as canonical JSON, and the decision that adopted it.

    A version changes only while it is a draft.
    """

    __tablename__ = "profile_method"
    __table_args__ = (
        reference("written_by", "person"),
        UniqueConstraint("authority_id", "phase", "number"),
        CheckConstraint(one_of("phase", PHASES), name="phase"),
        CheckConstraint(one_of("state", METHOD_WORKFLOW.states), name="state"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("state = 'draft' OR adopted_on IS NOT NULL", name="adopted"),
        CheckConstraint("char_length(decision) <= 300", name="decision"),
        Index(
            "uq_profile_method_in_force",
            "authority_id",
            "phase",
            unique=True,
            postgresql_where=text("state = 'in_force'"),
        ),
    )

    phase: Mapped[str]
    number: Mapped[int]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    decision: Mapped[str] = mapped_column(server_default=text("''"))
    adopted_on: Mapped[date | None]
    written_by: Mapped[UUID | None]
    written_at: Mapped[datetime] = created_at()


class Profile(AuthorityOwned, Base):
    """The performance profile of one school, phase and academic year.

    `proposed_category` and `proposed_reasons` are those of the latest snapshot; without a category the reasons say why.
    `proposed_direction` comes from the method, `direction` from a person, with a reason if it differs. `answer_by` is
    the last day to answer the last invitation. `governors_from` is when the chair, the trust and the diocese could
    first read it: when the school had opened it, or had discussed it, declined to, or not answered.
    """

    __tablename__ = "profile"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("method_id", "profile_method"),
        UniqueConstraint("authority_id", "school_urn", "phase", "academic_year"),
        CheckConstraint(one_of("phase", PHASES), name="phase"),
        CheckConstraint(ACADEMIC_YEAR, name="academic_year"),
        CheckConstraint(one_of("state", PROFILE_WORKFLOW.states), name="state"),
        CheckConstraint(one_of("proposed_direction", (*DIRECTIONS, "too_few")), name="proposed_direction"),
        CheckConstraint(one_of("direction", DIRECTIONS), name="direction"),
        CheckConstraint(
            "direction IS NULL OR direction = proposed_direction OR direction_reason <> ''",
            name="direction_reason",
        ),
        CheckConstraint("state = 'calculated' OR shared_at IS NOT NULL", name="shared"),
        CheckConstraint("governors_from IS NULL OR shared_at IS NOT NULL", name="governors_from"),
        CheckConstraint("state <> 'discussed' OR discussed_on IS NOT NULL", name="discussed"),
        CheckConstraint("state <> 'declined' OR declined_on IS NOT NULL", name="declined"),
        CheckConstraint("invited_again_on IS NULL OR invited_on IS NOT NULL", name="invited"),
        CheckConstraint(
            f"state NOT IN ('no_answer', 'final', 'revised') OR {ASKED}", name="school_was_asked"
        ),
        Index(None, "authority_id", "academic_year", "phase", "state"),
        {"info": {"second_policy": OF_PROFILE}},
    )

    school_urn: Mapped[int]
    phase: Mapped[str]
    academic_year: Mapped[str]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    method_id: Mapped[UUID]
    snapshot_number: Mapped[int] = mapped_column(server_default=text("1"))
    proposed_category: Mapped[str | None]
    proposed_reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    proposed_direction: Mapped[str]
    direction: Mapped[str | None]
    direction_reason: Mapped[str] = mapped_column(server_default=text("''"))
    shared_at: Mapped[datetime | None]
    governors_from: Mapped[datetime | None]
    invited_on: Mapped[date | None]
    invited_again_on: Mapped[date | None]
    answer_by: Mapped[date | None]
    discussed_on: Mapped[date | None]
    discussed_with: Mapped[str] = mapped_column(server_default=text("''"))
    agreed_points: Mapped[str] = mapped_column(server_default=text("''"))
    declined_on: Mapped[date | None]
    declined_because: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[datetime] = created_at()


class ProfileSnapshot(AuthorityOwned, Base):
    """The result of one calculation, never changed, in two forms: for the school and the core team, and for others.

    That for others leaves out figures about fewer than six pupils and has no inputs. `inputs` and `outputs` are
    canonical JSON, and the digests are SHA-256.
    """

    __tablename__ = "profile_snapshot"
    __table_args__ = (
        reference("profile_id", "profile"),
        reference("method_id", "profile_method"),
        reference("calculated_by", "person"),
        UniqueConstraint("authority_id", "profile_id", "number", "audience"),
        CheckConstraint(one_of("audience", AUDIENCES), name="audience"),
        CheckConstraint("(audience = 'others') = (inputs IS NULL)", name="inputs"),
        CheckConstraint(
            "inputs_digest ~ '^[0-9a-f]{64}$' AND outputs_digest ~ '^[0-9a-f]{64}$'", name="digests"
        ),
        {"info": {"second_policy": OF_SNAPSHOT}},
    )

    profile_id: Mapped[UUID]
    number: Mapped[int]
    audience: Mapped[str]
    method_id: Mapped[UUID]
    inputs: Mapped[bytes | None] = mapped_column(LargeBinary)
    inputs_digest: Mapped[str]
    outputs: Mapped[bytes] = mapped_column(LargeBinary)
    outputs_digest: Mapped[str]
    calculated_by: Mapped[UUID | None]
    calculated_at: Mapped[datetime] = created_at()


class ProfileInvitation(AuthorityOwned, Base):
    """An invitation of a school to discuss its profile, first or second, with the last day to answer."""

    __tablename__ = "profile_invitation"
    __table_args__ = (
        reference("profile_id", "profile"),
        reference("invited_by", "person"),
        UniqueConstraint("authority_id", "profile_id", "number"),
        CheckConstraint("number IN (1, 2)", name="number"),
        CheckConstraint("answer_by > invited_on", name="answer_by"),
        CheckConstraint("char_length(message) BETWEEN 1 AND 1000", name="message"),
        {"info": {"second_policy": OF_INVITATION}},
    )

    profile_id: Mapped[UUID]
    number: Mapped[int]
    invited_on: Mapped[date]
    answer_by: Mapped[date]
    message: Mapped[str]
    invited_by: Mapped[UUID | None]


class ProfileComment(AuthorityOwned, Base):
    """The school's own comment on its profile; the last one is printed in every copy, earlier ones stay readable."""

    __tablename__ = "profile_comment"
    __table_args__ = (
        reference("profile_id", "profile"),
        reference("written_by", "person"),
        CheckConstraint(f"char_length(body) BETWEEN 1 AND {LONGEST_COMMENT}", name="body"),
        Index(None, "authority_id", "profile_id", "id"),
        {"info": {"second_policy": OF_COMMENT}},
    )

    profile_id: Mapped[UUID]
    body: Mapped[str]
    written_by: Mapped[UUID | None]
    written_at: Mapped[datetime] = created_at()


class ProfileDispute(AuthorityOwned, Base):
    """A figure that the school disputes, and the core team's answer; both stay with the profile."""

    __tablename__ = "profile_dispute"
    __table_args__ = (
        reference("profile_id", "profile"),
        reference("raised_by", "person"),
        reference("answered_by", "person"),
        CheckConstraint("char_length(reason) BETWEEN 1 AND 1000", name="reason"),
        CheckConstraint("char_length(answer) <= 2000", name="answer"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered"),
        Index(None, "authority_id", "profile_id", "id"),
        {"info": {"second_policy": OF_DISPUTE}},
    )

    profile_id: Mapped[UUID]
    measure: Mapped[str]
    reason: Mapped[str]
    raised_by: Mapped[UUID | None]
    raised_at: Mapped[datetime] = created_at()
    answer: Mapped[str] = mapped_column(server_default=text("''"))
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]


schema_rule(
    "a_method_in_use_does_not_change",
    """
CREATE FUNCTION refuse_changed_method() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'version % of the % method is in use and cannot change', OLD.number, OLD.phase
        USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_method_is_fixed', TABLE = 'profile_method';
END $$;

CREATE TRIGGER refuse_changed_method BEFORE UPDATE ON profile_method FOR EACH ROW
    WHEN (OLD.state <> 'draft' AND (NEW.content, NEW.phase, NEW.number, NEW.decision, NEW.adopted_on)
          IS DISTINCT FROM (OLD.content, OLD.phase, OLD.number, OLD.decision, OLD.adopted_on))
    EXECUTE FUNCTION refuse_changed_method();
""",
)

schema_rule(
    "a_school_answers_before_it_counts_as_silent",
    """
CREATE FUNCTION refuse_early_silence() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the school can answer until %', NEW.answer_by
        USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_answer_by_passed', TABLE = 'profile';
END $$;

CREATE TRIGGER refuse_early_silence BEFORE UPDATE OF state ON profile FOR EACH ROW
    WHEN (NEW.state = 'no_answer' AND OLD.state <> 'no_answer'
          AND (NEW.answer_by IS NULL OR NEW.answer_by >= public.london_today()))
    EXECUTE FUNCTION refuse_early_silence();
""",
)

schema_rule(
    "a_disputed_figure_keeps_the_words_of_the_school",
    """
CREATE FUNCTION refuse_changed_dispute() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'dispute % stays as the school wrote it', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'words_of_the_school', TABLE = 'profile_dispute';
END $$;

CREATE TRIGGER refuse_changed_dispute BEFORE UPDATE ON profile_dispute FOR EACH ROW
    WHEN ((NEW.profile_id, NEW.measure, NEW.reason, NEW.raised_by, NEW.raised_at)
          IS DISTINCT FROM (OLD.profile_id, OLD.measure, OLD.reason, OLD.raised_by, OLD.raised_at))
    EXECUTE FUNCTION refuse_changed_dispute();
""",
)
