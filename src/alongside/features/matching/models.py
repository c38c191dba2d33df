"""Models of plans: the run, its snapshot, its assignments, and the workflow of a run."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

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
from alongside.platform.jobs.queue import LeasedRow, announce_work
from alongside.platform.workflow import INITIAL, Transition, workflow

ASK = Transition("ask_for_plan", (INITIAL,), "queued", Permission.MAKE_PLAN, "asked for a plan")
ASK_AGAIN = Transition(
    "ask_for_plan_again", (INITIAL,), "queued", None, "a partner declined, so the plan is worked out again"
)
TAKE_UP = Transition("take_up_plan", ("queued", "running"), "running", None, "the plan is being calculated")
FINISH = Transition("finish_plan", ("running",), "done", None, "the plan is worked out")
OFFER_PLAN = Transition("offer_plan", ("running",), "offered", None, "a better plan was found")
SET_ASIDE = Transition(
    "set_plan_aside", ("running",), "set_aside", None, "no plan is better by enough to change"
)
FAIL = Transition(
    "fail_plan", ("running",), "failed", None, "the plan could not be calculated", note_required=True
)
CANCEL = Transition(
    "cancel_plan", ("queued", "running"), "cancelled", Permission.MAKE_PLAN, "cancelled the plan"
)
ADOPT = Transition("adopt_plan", ("offered",), "done", Permission.MAKE_PLAN, "used the better plan")
TURN_DOWN = Transition(
    "turn_plan_down", ("offered",), "set_aside", Permission.MAKE_PLAN, "kept the plan as it was"
)
SEND = Transition("send_plan", ("done", "sent"), "sent", Permission.MAKE_PLAN, "sent the plan’s proposals")
SUPERSEDE = Transition(
    "supersede_plan", ("done", "sent", "offered"), "superseded", None, "a later plan took its place"
)

MOVES = (
    ASK,
    ASK_AGAIN,
    TAKE_UP,
    FINISH,
    OFFER_PLAN,
    SET_ASIDE,
    FAIL,
    CANCEL,
    ADOPT,
    TURN_DOWN,
    SEND,
    SUPERSEDE,
)
PLAN_WORKFLOW = workflow("plan_run", MOVES, ("set_aside", "failed", "cancelled", "superseded"))

AT_WORK = ("queued", "running")
CURRENT = ("done", "sent")
"""The states of a scope's current plan. A scope has one current plan at most."""

BECAUSE = ("fresh", "change", "decline")
STATUSES = ("optimal", "gap", "greedy")
HELD_BY = ("support_agreement", "proposal", "pin")


class PlanRun(AuthorityOwned, LeasedRow, Base):
    """One planning run, for a consortium, or for the whole authority if `consortium_id` is None.

    The row is both the job and its result. `because` is the reason for the run: a new plan, a change by a
    lead (pin, forbid, swap), or a decline. `starts_from_id` is the plan that was current when the run was
    requested. `weights_version` is the version of the authority's settings. `input_hash` is the SHA-256 of
    the inputs, which `plan_snapshot` stores. While the run is in progress, `progress` is a percentage (0 to
    100). `coverage` holds for each tier how many needs were met, of how many, and whether it is proven that
    no more can be met. `total` and `bound` are points, `gap` is a fraction (0.01 is 1 %).
    """

    __tablename__ = "plan_run"
    __table_args__ = (
        reference("consortium_id", "consortium"),
        reference("asked_by", "person"),
        reference("starts_from_id", "plan_run"),
        CheckConstraint(one_of("state", PLAN_WORKFLOW.states), name="state"),
        CheckConstraint(one_of("because", BECAUSE), name="because"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        CheckConstraint(
            "state NOT IN ('done', 'sent', 'offered') OR (input_hash IS NOT NULL AND status IS NOT NULL)",
            name="worked_out",
        ),
        CheckConstraint("(state = 'failed') = (failed_because IS NOT NULL)", name="failed_because"),
        Index(
            "uq_plan_run_at_work",
            "authority_id",
            "consortium_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
        Index(
            "uq_plan_run_standing",
            "authority_id",
            "consortium_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state IN ('done', 'sent')"),
        ),
        Index(None, "authority_id", "consortium_id", "id"),
    )

    consortium_id: Mapped[UUID | None]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    because: Mapped[str]
    starts_from_id: Mapped[UUID | None]
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime] = created_at()
    weights_version: Mapped[int]
    seed: Mapped[int]
    limit_seconds: Mapped[int]
    max_attempts: Mapped[int] = mapped_column(server_default=text("3"))
    progress: Mapped[int] = mapped_column(server_default=text("0"))
    inputs_read_at: Mapped[datetime | None]
    input_hash: Mapped[str | None]
    needs: Mapped[int | None]
    offers: Mapped[int | None]
    status: Mapped[str | None]
    total: Mapped[int | None] = mapped_column(BigInteger)
    bound: Mapped[int | None] = mapped_column(BigInteger)
    gap: Mapped[float | None]
    stopped_because: Mapped[str | None]
    coverage: Mapped[list[dict[str, object]] | None] = mapped_column(JSONB)
    solve_milliseconds: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    failed_because: Mapped[str | None]


class PlanSnapshot(AuthorityKeyed, Base):
    """The complete input and output of a run, so that it can be read and replayed years later."""

    __tablename__ = "plan_snapshot"
    __table_args__ = (reference("run_id", "plan_run"), {"info": {"append_only": True}})

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    inputs: Mapped[bytes] = mapped_column(LargeBinary)
    outcome: Mapped[bytes | None] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = created_at()


class PlanAssignment(AuthorityOwned, Base):
    """The result of a plan for one need: the support partner, or why there is none.

    Needs of `tier` 1 are met before 2 and 3. `score` is 0 to 1000, `rank` is the position among the
    `candidates` that pass every rule. `held_by` is what fixes the pair: an agreement, a proposal in progress
    or a pin. `parts` are the parts of the score and `why` the whole explanation, as the engine returned them.
    `proposal_id` is the proposal made when the plan was sent; `not_sent_because` is the reason why none could
    be made. If the proposal is declined, lapses or is withdrawn, `again_id` is the run that looks for a
    better plan, and `replaced_on` is the day on which another partner was chosen immediately. A need has one
    assignment, because PostgreSQL allows one live agreement for each need.
    """

    __tablename__ = "plan_assignment"
    __table_args__ = (
        reference("run_id", "plan_run"),
        reference("need_id", "need"),
        reference("requesting_urn", "school"),
        reference("offer_id", "offer"),
        reference("supporting_urn", "school"),
        reference("proposal_id", "proposal"),
        reference("again_id", "plan_run"),
        UniqueConstraint("authority_id", "run_id", "need_id"),
        CheckConstraint("tier BETWEEN 1 AND 3", name="tier"),
        CheckConstraint("score BETWEEN 0 AND 1000", name="score"),
        CheckConstraint(
            "(offer_id IS NULL) = (supporting_urn IS NULL) AND (offer_id IS NULL) = (score IS NULL)"
            " AND (offer_id IS NULL OR days IS NOT NULL)",
            name="partner",
        ),
        CheckConstraint("requesting_urn <> supporting_urn", name="two_schools"),
        CheckConstraint("days > 0", name="days"),
        CheckConstraint("pence >= 0", name="pence"),
        CheckConstraint(one_of("held_by", HELD_BY), name="held_by"),
        CheckConstraint("proposal_id IS NULL OR offer_id IS NOT NULL", name="proposal"),
        Index(None, "authority_id", "need_id"),
        Index(None, "authority_id", "proposal_id"),
    )

    run_id: Mapped[UUID]
    need_id: Mapped[UUID]
    requesting_urn: Mapped[int]
    tier: Mapped[int]
    offer_id: Mapped[UUID | None]
    supporting_urn: Mapped[int | None]
    score: Mapped[int | None]
    rank: Mapped[int | None]
    candidates: Mapped[int]
    days: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    pence: Mapped[int | None] = mapped_column(BigInteger)
    held_by: Mapped[str | None]
    parts: Mapped[dict[str, object]] = mapped_column(JSONB)
    why: Mapped[dict[str, object]] = mapped_column(JSONB)
    why_nobody: Mapped[str | None]
    proposal_id: Mapped[UUID | None]
    not_sent_because: Mapped[str | None]
    again_id: Mapped[UUID | None]
    replaced_on: Mapped[date | None]


announce_work("plan_run", "queued")

schema_rule(
    "a_plan_breaks_no_pin_and_no_agreement",
    """
CREATE FUNCTION refuse_broken_plan() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM public.plan_assignment place
          JOIN public.plan_constraint wish ON wish.authority_id = place.authority_id AND wish.need_id = place.need_id
         WHERE place.authority_id = NEW.authority_id AND place.run_id = NEW.id
           AND wish.lifted_at IS NULL AND wish.made_at <= NEW.inputs_read_at
           AND place.held_by IS DISTINCT FROM 'proposal'
           AND NOT EXISTS (
               SELECT FROM public.proposal said
                WHERE said.authority_id = wish.authority_id AND said.need_id = wish.need_id
                  AND said.offer_id = wish.offer_id AND said.state IN ('declined', 'lapsed')
                  AND said.proposed_at >= wish.made_at)
           AND ((wish.kind = 'pin' AND place.offer_id IS DISTINCT FROM wish.offer_id)
             OR (wish.kind = 'forbid' AND place.offer_id = wish.offer_id)))
    THEN
        RAISE EXCEPTION 'the plan breaks a pin' USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_keeps_pins';
    END IF;
    IF EXISTS (
        SELECT FROM public.plan_assignment place
          JOIN public.support_agreement held ON held.authority_id = place.authority_id AND held.need_id = place.need_id
         WHERE place.authority_id = NEW.authority_id AND place.run_id = NEW.id
           AND held.state IN ('preparing', 'active') AND held.agreed_at <= NEW.inputs_read_at
           AND place.offer_id IS DISTINCT FROM held.offer_id)
    THEN
        RAISE EXCEPTION 'the plan breaks an agreement'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_keeps_agreements';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER refuse_broken_plan AFTER UPDATE OF state ON plan_run FOR EACH ROW
    WHEN (NEW.state IN ('done', 'offered') AND OLD.state = 'running') EXECUTE FUNCTION refuse_broken_plan();
""",
)
