"""The escalation and its transitions. A second row policy restricts who sees it (`access_policy.py`)."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.escalations.access_policy import OF_ESCALATION, scope_of_escalation
from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule
from alongside.platform.workflow import INITIAL, Transition, workflow

HANDLE, ANSWER, REOPEN = (
    Permission.MANAGE_ESCALATION,
    Permission.RESPOND_TO_ESCALATION,
    Permission.REOPEN_ESCALATION,
)

RAISE_ESCALATION = Transition(
    "raise_escalation", (INITIAL,), "raised", Permission.RAISE_ESCALATION, "raised the escalation"
)
ACKNOWLEDGE = Transition(
    "acknowledge_escalation", ("raised",), "acknowledged", HANDLE, "acknowledged the escalation"
)
TRIAGE = Transition("triage_escalation", ("acknowledged",), "triaged", HANDLE, "decided what happens next")
DECIDE_AGAIN = Transition(
    "decide_again",
    ("triaged", "active"),
    "triaged",
    HANDLE,
    "changed the decision",
    note_required=True,
)
AGREE_PLAN = Transition("agree_plan", ("triaged", "stepped_up"), "active", HANDLE, "agreed the plan")
REVIEW = Transition(
    "review_escalation",
    ("active",),
    "active",
    HANDLE,
    "reviewed the escalation",
    note_required=True,
)
WAIT_ON_CONSORTIUM = Transition(
    "wait_on_consortium",
    ("active",),
    "waiting_on_consortium",
    HANDLE,
    "paused the clock to wait for the consortium",
    note_required=True,
)
WAIT_ON_SCHOOL = Transition(
    "wait_on_school",
    ("active",),
    "waiting_on_school",
    HANDLE,
    "paused the clock to wait for the school",
    note_required=True,
)
WAIT_ON_PROVIDER = Transition(
    "wait_on_provider",
    ("active",),
    "waiting_on_provider",
    HANDLE,
    "paused the clock to wait for the provider",
    note_required=True,
)
WAITING = {
    "consortium": WAIT_ON_CONSORTIUM,
    "school": WAIT_ON_SCHOOL,
    "provider": WAIT_ON_PROVIDER,
}
RESUME = Transition(
    "resume_escalation",
    ("waiting_on_consortium", "waiting_on_school", "waiting_on_provider"),
    "active",
    HANDLE,
    "restarted the clock",
)
OFFER_RETURN = Transition(
    "offer_return", ("active",), "returning", HANDLE, "asked the consortium to take the school back"
)
ACCEPT_RETURN = Transition("take_back", ("returning",), "closed", ANSWER, "took the school back")
NOT_YET = Transition(
    "not_yet",
    ("returning",),
    "active",
    ANSWER,
    "said it is too early to take the school back",
    note_required=True,
)
STEP_UP = Transition(
    "step_up_escalation",
    ("triaged", "active"),
    "stepped_up",
    HANDLE,
    "escalated it further",
    note_required=True,
)
STEP_DOWN = Transition(
    "step_down_escalation",
    ("stepped_up",),
    "active",
    HANDLE,
    "de-escalated it",
    note_required=True,
)
CLOSE = Transition("close_escalation", ("active", "stepped_up"), "closed", HANDLE, "closed the escalation")
WITHDRAW = Transition(
    "withdraw_escalation",
    ("raised", "acknowledged"),
    "withdrawn",
    ANSWER,
    "withdrew the escalation",
    note_required=True,
)
MERGE = Transition(
    "merge_escalation",
    ("raised", "acknowledged", "triaged"),
    "merged",
    HANDLE,
    "merged the escalation into another",
    note_required=True,
)
REOPEN_ESCALATION = Transition(
    "reopen_escalation",
    ("closed", "withdrawn"),
    "acknowledged",
    REOPEN,
    "reopened the escalation",
    note_required=True,
)

MOVES = (
    RAISE_ESCALATION,
    ACKNOWLEDGE,
    TRIAGE,
    DECIDE_AGAIN,
    AGREE_PLAN,
    REVIEW,
    *WAITING.values(),
    RESUME,
    OFFER_RETURN,
    ACCEPT_RETURN,
    NOT_YET,
    STEP_UP,
    STEP_DOWN,
    CLOSE,
    WITHDRAW,
    MERGE,
    REOPEN_ESCALATION,
)
FINALS = ("closed", "withdrawn", "merged")
ESCALATION_WORKFLOW = workflow("escalation", MOVES, FINALS, scope=scope_of_escalation, confidential=True)
OPEN_STATES = tuple(state for state in ESCALATION_WORKFLOW.states if state not in FINALS)

OUTCOMES = {
    "challenge": "Challenge by the core team",
    "procured": "Paid provider",
    "returned": "Return with named support",
    "other_consortium": "Another consortium takes over",
    "statutory": "Statutory route",
    "regions_group": "Referral to the DfE regions group",
}
"""The decisions open to the core team. Source: domain WI7, §5.4 and F22.

Statutory powers apply to maintained schools only (Education and Inspections Act 2006, section 59(1)), so an
academy is referred to the DfE instead.
"""

RESULTS = {
    "better": "Improved",
    "partly": "Partly improved",
    "not_better": "Not improved",
    "not_needed": "No longer needed",
}
STAGES = ("acknowledge", "decide", "plan", "review")
DECIDED = (
    "triaged",
    "active",
    "waiting_on_consortium",
    "waiting_on_school",
    "waiting_on_provider",
    "returning",
    "stepped_up",
)


class Escalation(AuthorityOwned, Base):
    """A report by a consortium that it cannot challenge a school effectively, and how it was handled.

    `reason` and `urgency` are keys of the authority's lists. `tried` summarises what was tried, `wanted` is
    what the consortium asks for, `return_when` when it would take the school back. `notified_at` is when the
    headteacher was notified; before that the school sees nothing. `suggested_since_on` is the date since which
    the product had suggested raising it.

    `deadline_kind` is what is due next, since `clock_began_at` and by `due_at` (None while the escalation waits or
    nothing is due). `hours` are committed hours of the core team. `provider_pence` is the cost of a provider,
    paid from `fund`. `referred_on` and `referral_reference` describe the referral to the DfE regions group,
    `referral_answered_on` and `referral_answer` its answer; they stay when the decision changes. `decision` is
    the text sent to the consortium, `outcome_words` the text at the end.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        reference("school_urn", "school"),
        reference("consortium_id", "consortium"),
        reference("handling_consortium_id", "consortium"),
        reference("raised_by", "person"),
        reference("owner_id", "person"),
        reference("merged_into", "escalation"),
        CheckConstraint(one_of("state", ESCALATION_WORKFLOW.states), name="state"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint(one_of("result", RESULTS), name="result"),
        CheckConstraint(one_of("deadline_kind", STAGES), name="deadline_kind"),
        CheckConstraint(f"NOT {one_of('state', DECIDED)} OR outcome IS NOT NULL", name="decided"),
        CheckConstraint(
            "outcome <> 'procured' OR (provider <> '' AND provider_pence IS NOT NULL AND fund <> '')",
            name="procured",
        ),
        CheckConstraint("outcome <> 'returned' OR named_support <> ''", name="named_support"),
        CheckConstraint(
            "outcome <> 'other_consortium' OR handling_consortium_id IS NOT NULL", name="handed_on"
        ),
        CheckConstraint("handling_consortium_id <> consortium_id", name="another_consortium"),
        CheckConstraint(
            "outcome <> 'regions_group' OR (referred_on IS NOT NULL AND referral_reference <> '')",
            name="referred",
        ),
        CheckConstraint(
            "(referral_answered_on IS NULL) = (referral_answer = '')"
            " AND (referral_answered_on IS NULL OR referral_answered_on >= referred_on)",
            name="referral_answered",
        ),
        CheckConstraint(
            "referral_answered_on IS NULL OR referred_on IS NOT NULL", name="answered_once_referred"
        ),
        CheckConstraint(
            "char_length(referral_reference) <= 120 AND char_length(referral_answer) <= 4000",
            name="referral_length",
        ),
        CheckConstraint("outcome IS NULL OR decision <> ''", name="decided_in_writing"),
        CheckConstraint(
            "state <> 'closed' OR (outcome_words <> '' AND result IS NOT NULL)", name="ended_in_writing"
        ),
        CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        CheckConstraint("merged_into <> id", name="not_into_itself"),
        CheckConstraint("provider_pence >= 0 AND hours >= 0 AND hours <= 2000", name="amounts"),
        CheckConstraint(
            "char_length(reason_words) <= 1000 AND char_length(tried) <= 2000 AND char_length(wanted) <= 2000"
            " AND char_length(return_when) <= 2000 AND char_length(decision) <= 4000"
            " AND char_length(plan) <= 4000 AND char_length(outcome_words) <= 4000",
            name="length",
        ),
        CheckConstraint("wanted <> ''", name="wanted"),
        Index(None, "authority_id", "state", "due_at"),
        Index(None, "authority_id", "school_urn", "state"),
        Index(None, "authority_id", "consortium_id"),
        Index(None, "authority_id", "handling_consortium_id"),
        Index(None, "authority_id", "owner_id"),
        {"info": {"second_policy": OF_ESCALATION}},
    )

    school_urn: Mapped[int]
    consortium_id: Mapped[UUID]
    handling_consortium_id: Mapped[UUID | None]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    reason: Mapped[str]
    reason_words: Mapped[str] = mapped_column(server_default=text("''"))
    tried: Mapped[str] = mapped_column(server_default=text("''"))
    wanted: Mapped[str]
    urgency: Mapped[str]
    return_when: Mapped[str] = mapped_column(server_default=text("''"))
    suggested_since_on: Mapped[date | None]
    raised_by: Mapped[UUID]
    raised_at: Mapped[datetime] = created_at()
    notified_at: Mapped[datetime | None]
    owner_id: Mapped[UUID | None]
    deadline_kind: Mapped[str | None]
    clock_began_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    decision: Mapped[str] = mapped_column(server_default=text("''"))
    provider: Mapped[str] = mapped_column(server_default=text("''"))
    provider_pence: Mapped[int | None]
    fund: Mapped[str] = mapped_column(server_default=text("''"))
    named_support: Mapped[str] = mapped_column(server_default=text("''"))
    hours: Mapped[Decimal] = mapped_column(Numeric(6, 1), server_default=text("0"))
    plan: Mapped[str] = mapped_column(server_default=text("''"))
    referred_on: Mapped[date | None]
    referral_reference: Mapped[str] = mapped_column(server_default=text("''"))
    referral_answer: Mapped[str] = mapped_column(server_default=text("''"))
    referral_answered_on: Mapped[date | None]
    result: Mapped[str | None]
    outcome_words: Mapped[str] = mapped_column(server_default=text("''"))
    closed_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None]


schema_rule(
    "what_an_escalation_procures_is_taken_from_its_fund",
    """
CREATE FUNCTION take_from_fund_of_escalation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wanted jsonb := '{}';
    paying uuid;
    held bigint := 0;
BEGIN
    IF NEW.outcome = 'procured' AND NEW.fund <> 'other' AND NEW.provider_pence > 0
       AND NEW.state NOT IN ('withdrawn', 'merged') THEN
        IF TG_OP = 'UPDATE' AND OLD.outcome = 'procured' AND OLD.fund = NEW.fund THEN
            SELECT fund_id INTO paying FROM public.fund_commitment
             WHERE authority_id = NEW.authority_id AND subject_id = NEW.id ORDER BY commitment_id DESC LIMIT 1;
            held := OLD.provider_pence;
        END IF;
        IF paying IS NULL OR NEW.provider_pence > held THEN
            SELECT f.id INTO paying FROM public.fund f
             WHERE f.authority_id = NEW.authority_id AND f.key = NEW.fund
               AND f.financial_year = financial_year((now() AT TIME ZONE 'Europe/London')::date);
        END IF;
        IF paying IS NULL THEN
            RAISE EXCEPTION 'fund % is not one of this financial year', NEW.fund
                USING ERRCODE = 'check_violation', CONSTRAINT = 'fund_of_this_year';
        END IF;
        wanted := jsonb_build_object(paying, jsonb_build_object('pence', NEW.provider_pence));
    ELSIF TG_OP = 'INSERT' OR OLD.outcome IS DISTINCT FROM 'procured' THEN
        RETURN NULL;
    END IF;
    PERFORM commit_from_funds(NEW.authority_id, 'escalation', NEW.id, wanted);
    RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION take_from_fund_of_escalation() FROM PUBLIC;

CREATE TRIGGER take_from_fund AFTER INSERT OR UPDATE OF outcome, fund, provider_pence, state ON escalation
    FOR EACH ROW EXECUTE FUNCTION take_from_fund_of_escalation();
""",
)
