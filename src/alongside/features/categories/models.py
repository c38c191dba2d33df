"""Tables of support categories and of their changes within a year, the workflow, and the rules of each step."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.categories.access_policy import OF_CATEGORY, OF_CHANGE
from alongside.features.categories.rules import STEPS_SQL
from alongside.features.consortia.models import PHASES
from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import AuthorityOwned, Base, one_of, reference
from alongside.platform.database.ddl import schema_rule
from alongside.platform.workflow import INITIAL, Transition, workflow

PROPOSE = Transition(
    "propose_category", (INITIAL,), "proposed", Permission.PROPOSE_CATEGORY, "proposed the category"
)
DISCUSS = Transition(
    "discuss_category",
    ("proposed",),
    "discussed",
    Permission.PROPOSE_CATEGORY,
    "recorded the discussion with the school",
)
MODERATE = Transition(
    "moderate_category",
    ("discussed",),
    "moderated",
    Permission.MODERATE_CATEGORY,
    "moderated the category",
)
AGREE = Transition(
    "agree_category", ("moderated",), "agreed", Permission.AGREE_CATEGORY, "recorded what the board agreed"
)
AGREE_BY_MOTION = Transition(
    "agree_category_by_motion", ("moderated",), "agreed", None, "agreed the category by a motion of the board"
)
NOTIFY = Transition(
    "notify_category", ("agreed",), "notified", Permission.PROPOSE_CATEGORY, "notified the headteacher"
)
APPEAL = Transition(
    "appeal_category", ("notified",), "appealed", Permission.APPEAL_CATEGORY, "appealed against the category"
)
HEAR = Transition(
    "hear_category_appeal",
    ("appealed",),
    "heard",
    Permission.HEAR_CATEGORY_APPEAL,
    "recorded the result of the appeal",
)
TAKE_EFFECT = Transition(
    "category_takes_effect", ("notified", "heard"), "in_force", None, "put the category in force"
)
SUPERSEDE = Transition(
    "supersede_category", ("in_force",), "superseded", None, "ended it: the next year’s category is in force"
)
WITHDRAW = Transition(
    "withdraw_category",
    ("proposed", "discussed", "moderated", "agreed"),
    "withdrawn",
    Permission.PROPOSE_CATEGORY,
    "withdrew the proposal",
    note_required=True,
)
MOVES = (
    PROPOSE,
    DISCUSS,
    MODERATE,
    AGREE,
    AGREE_BY_MOTION,
    NOTIFY,
    APPEAL,
    HEAR,
    TAKE_EFFECT,
    SUPERSEDE,
    WITHDRAW,
)
CATEGORY_WORKFLOW = workflow(
    "support_category", MOVES, ("in_force", "superseded", "withdrawn"), confidential=True
)
BASES = {
    "discussion": "It was discussed with the school",
    "refusal": "The school refused to discuss it",
    "no_answer": "The school did not answer two invitations",
}
"""What must be recorded before a category is moderated."""

OUTCOMES = {"confirmed": "Confirmed", "changed": "Changed"}
LONGEST_REASONS = 4000
_TEXTS = (
    "reasons_proposed",
    "discussion",
    "reasons_moderated",
    "reasons_agreed",
    "appeal_grounds",
    "reasons_heard",
)


class SupportCategory(AuthorityOwned, Base):
    """The support category of a school in one academic year and phase.

    Each step keeps its own category and reasons: proposed, moderated, agreed, and heard after an appeal; `category` is
    the one in force. A `narrative` row describes the support in words and has no category. `advisory` marks an academy.
    `agreed_motion_id` is the motion of the board that agreed it, if the decision was made by one.
    `consortium_id` is the school's consortium on the day of the proposal, `handling_consortium_id` another one whose
    panel was chosen instead. `appeal_by` is the last day for an appeal. The message of the category
    goes out at `shown_from`, if that is later than the notification; the school reads the category from then on.
    `decision_number` counts the versions of the
    category letter: an appeal that was heard, or a change in the year, makes another.
    """

    __tablename__ = "support_category"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("consortium_id", "consortium"),
        reference("handling_consortium_id", "consortium"),
        *(
            reference(f"{step}_by", "person")
            for step in ("proposed", "discussed", "moderated", "agreed", "seen", "appealed", "heard")
        ),
        CheckConstraint(one_of("state", CATEGORY_WORKFLOW.states), name="state"),
        CheckConstraint(one_of("phase", PHASES), name="phase"),
        CheckConstraint(r"academic_year ~ '^\d{4}-\d{2}$'", name="academic_year"),
        CheckConstraint("narrative = (category_proposed IS NULL)", name="narrative"),
        CheckConstraint(
            "NOT narrative OR coalesce(category_moderated, category_agreed, category_heard, category) IS NULL",
            name="narrative_only",
        ),
        CheckConstraint("reasons_proposed <> ''", name="reasons_proposed"),
        CheckConstraint(
            " AND ".join(f"char_length({one}) <= {LONGEST_REASONS}" for one in _TEXTS), name="lengths"
        ),
        CheckConstraint(one_of("discussion_basis", BASES), name="discussion_basis"),
        CheckConstraint("(discussion_basis IS NULL) = (discussed_on IS NULL)", name="discussed"),
        CheckConstraint("second_invited_on > first_invited_on", name="second_invitation"),
        CheckConstraint(
            "(second_invited_on IS NULL) = (second_answer_by IS NULL) AND"
            " (first_invited_on IS NULL) = (first_answer_by IS NULL)"
            " AND (second_invited_on IS NULL OR first_invited_on IS NOT NULL)",
            name="invitations",
        ),
        CheckConstraint(
            "category_moderated = category_proposed OR reasons_moderated <> '' OR moderated_on IS NULL",
            name="reasons_moderated",
        ),
        CheckConstraint(
            "category_agreed = category_moderated OR reasons_agreed <> '' OR agreed_on IS NULL",
            name="reasons_agreed",
        ),
        CheckConstraint("(agreed_on IS NULL) = (decision_reference = '')", name="decision_reference"),
        CheckConstraint("char_length(decision_reference) <= 200", name="decision_reference_length"),
        CheckConstraint("(appealed_on IS NULL) = (appeal_grounds = '')", name="appeal_grounds"),
        CheckConstraint(one_of("appeal_outcome", OUTCOMES), name="appeal_outcome"),
        CheckConstraint("(appeal_outcome IS NULL) = (reasons_heard = '')", name="reasons_heard"),
        CheckConstraint("state <> 'notified' OR appeal_by IS NOT NULL", name="appeal_by"),
        CheckConstraint(
            "state NOT IN ('in_force', 'superseded') OR narrative OR category IS NOT NULL", name="in_force"
        ),
        Index(
            "uq_support_category_year",
            "authority_id",
            "school_urn",
            "academic_year",
            "phase",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index(
            "uq_support_category_in_force",
            "authority_id",
            "school_urn",
            "phase",
            unique=True,
            postgresql_where=text("state = 'in_force'"),
        ),
        Index(None, "authority_id", "academic_year", "state"),
        {"info": {"second_policy": OF_CATEGORY}},
    )

    school_urn: Mapped[int]
    academic_year: Mapped[str]
    phase: Mapped[str]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    consortium_id: Mapped[UUID | None]
    handling_consortium_id: Mapped[UUID | None]
    advisory: Mapped[bool] = mapped_column(server_default=text("false"))
    narrative: Mapped[bool] = mapped_column(server_default=text("false"))
    category: Mapped[str | None]
    category_proposed: Mapped[str | None]
    reasons_proposed: Mapped[str]
    proposed_by: Mapped[UUID | None]
    proposed_on: Mapped[date]
    first_invited_on: Mapped[date | None]
    first_answer_by: Mapped[date | None]
    second_invited_on: Mapped[date | None]
    second_answer_by: Mapped[date | None]
    discussion_basis: Mapped[str | None]
    discussion: Mapped[str] = mapped_column(server_default=text("''"))
    discussed_on: Mapped[date | None]
    discussed_by: Mapped[UUID | None]
    category_moderated: Mapped[str | None]
    reasons_moderated: Mapped[str] = mapped_column(server_default=text("''"))
    moderated_by: Mapped[UUID | None]
    moderated_on: Mapped[date | None]
    category_agreed: Mapped[str | None]
    reasons_agreed: Mapped[str] = mapped_column(server_default=text("''"))
    agreed_by: Mapped[UUID | None]
    agreed_on: Mapped[date | None]
    agreed_motion_id: Mapped[UUID | None]
    decision_reference: Mapped[str] = mapped_column(server_default=text("''"))
    notified_on: Mapped[date | None]
    appeal_by: Mapped[date | None]
    shown_from: Mapped[datetime | None]
    decision_number: Mapped[int] = mapped_column(server_default=text("1"))
    seen_on: Mapped[date | None]
    seen_by: Mapped[UUID | None]
    appealed_on: Mapped[date | None]
    appealed_by: Mapped[UUID | None]
    appeal_grounds: Mapped[str] = mapped_column(server_default=text("''"))
    category_heard: Mapped[str | None]
    appeal_outcome: Mapped[str | None]
    reasons_heard: Mapped[str] = mapped_column(server_default=text("''"))
    heard_by: Mapped[UUID | None]
    heard_on: Mapped[date | None]
    in_force_on: Mapped[date | None]
    withdrawn_because: Mapped[str] = mapped_column(server_default=text("''"))


class SupportCategoryChange(AuthorityOwned, Base):
    """A change of a category in force within its year, by a decision."""

    __tablename__ = "support_category_change"
    __table_args__ = (
        reference("support_category_id", "support_category"),
        reference("changed_by", "person"),
        CheckConstraint("category_before <> category_after", name="differs"),
        CheckConstraint(
            f"reasons ~ '[[:alnum:]]' AND char_length(reasons) <= {LONGEST_REASONS}", name="reasons"
        ),
        CheckConstraint("char_length(decision_reference) BETWEEN 1 AND 200", name="decision_reference"),
        Index(None, "authority_id", "support_category_id", "id"),
        {"info": {"second_policy": OF_CHANGE}},
    )

    support_category_id: Mapped[UUID]
    category_before: Mapped[str]
    category_after: Mapped[str]
    reasons: Mapped[str]
    decided_on: Mapped[date]
    decision_reference: Mapped[str]
    changed_by: Mapped[UUID | None]


schema_rule("each_step_of_a_support_category_is_taken_by_those_who_may", STEPS_SQL)
