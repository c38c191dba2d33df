"""Tables of tasks and of the criteria for the end of an escalation."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.escalations.access_policy import of_escalation_row, scope_of_part
from alongside.platform.access.permissions import Permission
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule
from alongside.platform.workflow import INITIAL, Transition, workflow

WORK = Permission.CONTRIBUTE_TO_ESCALATION

AGREE_TASK = Transition("agree_task", (INITIAL,), "open", WORK, "added an action")
CHANGE_TASK = Transition("change_task", ("open",), "open", WORK, "changed an action")
DO_TASK = Transition("do_task", ("open",), "done", WORK, "finished an action")
DROP_TASK = Transition("drop_task", ("open",), "dropped", WORK, "cancelled an action", note_required=True)
TAKE_UP_TASK = Transition("take_up_task", ("done", "dropped"), "open", WORK, "reopened an action")

MOVES = (AGREE_TASK, CHANGE_TASK, DO_TASK, DROP_TASK, TAKE_UP_TASK)
TASK_WORKFLOW = workflow(
    "escalation_task", MOVES, ("done", "dropped"), scope=scope_of_part, confidential=True
)


class Task(AuthorityOwned, Base):
    """A task with a due date. An escalation cannot close while one is open.

    `owner_id` is a person with a role in the authority; `owner_name` the owner's name, also for people outside
    it.
    """

    __tablename__ = "escalation_task"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("owner_id", "person"),
        CheckConstraint(one_of("state", TASK_WORKFLOW.states), name="state"),
        CheckConstraint("char_length(what) BETWEEN 1 AND 400", name="what"),
        CheckConstraint("char_length(owner_name) BETWEEN 1 AND 120", name="owner_name"),
        CheckConstraint("state <> 'dropped' OR why_dropped <> ''", name="why_dropped"),
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_on"),
        Index(None, "authority_id", "escalation_id", "state"),
        {"info": {"second_policy": of_escalation_row("escalation_task")}},
    )

    escalation_id: Mapped[UUID]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    what: Mapped[str]
    owner_id: Mapped[UUID | None]
    owner_name: Mapped[str]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    why_dropped: Mapped[str] = mapped_column(server_default=text("''"))
    agreed_at: Mapped[datetime] = created_at()


class Criterion(AuthorityOwned, Base):
    """A criterion for returning the school to the consortium: agreed with the plan, met on a date.

    Source: domain §4.3 F25 and §5.1, “de-escalation point”.
    """

    __tablename__ = "escalation_criterion"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("met_by", "person"),
        CheckConstraint("char_length(words) BETWEEN 1 AND 400", name="words"),
        CheckConstraint("(met_on IS NULL) = (met_by IS NULL)", name="met_by_somebody"),
        CheckConstraint("char_length(evidence) <= 1000", name="length"),
        Index(None, "authority_id", "escalation_id"),
        {"info": {"second_policy": of_escalation_row("escalation_criterion")}},
    )

    escalation_id: Mapped[UUID]
    words: Mapped[str]
    met_on: Mapped[date | None]
    met_by: Mapped[UUID | None]
    evidence: Mapped[str] = mapped_column(server_default=text("''"))
    dropped_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime] = created_at()


schema_rule(
    "an_escalation_moves_on_only_when_its_actions_and_criteria_allow",
    """
CREATE FUNCTION check_escalation_may_move() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state = 'closed' AND EXISTS (
        SELECT FROM public.escalation_task
         WHERE authority_id = NEW.authority_id AND escalation_id = NEW.id AND state = 'open') THEN
        RAISE EXCEPTION 'an escalation cannot close with open actions'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_open_actions';
    END IF;
    IF NEW.state = 'active' AND NOT EXISTS (
        SELECT FROM public.escalation_criterion
         WHERE authority_id = NEW.authority_id AND escalation_id = NEW.id AND dropped_at IS NULL) THEN
        RAISE EXCEPTION 'a plan needs a criterion by which the escalation ends'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'has_criteria';
    END IF;
    IF NEW.state = 'returning' AND EXISTS (
        SELECT FROM public.escalation_criterion
         WHERE authority_id = NEW.authority_id AND escalation_id = NEW.id AND dropped_at IS NULL AND met_on IS NULL)
         THEN
        RAISE EXCEPTION 'not every criterion is met'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'criteria_met';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER may_move BEFORE UPDATE OF state ON escalation
    FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION check_escalation_may_move();

CREATE FUNCTION check_escalation_is_open() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    standing text;
BEGIN
    SELECT state INTO standing FROM public.escalation
     WHERE authority_id = NEW.authority_id AND id = NEW.escalation_id FOR SHARE;
    IF standing IN ('closed', 'withdrawn', 'merged') THEN
        RAISE EXCEPTION 'this escalation is over' USING ERRCODE = 'check_violation', CONSTRAINT = 'escalation_is_open';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER escalation_is_open BEFORE INSERT OR UPDATE OF state ON escalation_task
    FOR EACH ROW EXECUTE FUNCTION check_escalation_is_open();
""",
)
