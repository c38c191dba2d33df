"""Tables of timers and reminders: one timer for each reminder to send, claimed by one worker and fired once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.escalations.access_policy import of_escalation_row
from alongside.features.escalations.deadlines import REMINDED_OF, STEPS
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.ddl import schema_rule
from alongside.platform.jobs.queue import LeasedRow, announce_work

TIMER_STATES = ("armed", "claimed", "fired", "cancelled", "failed")

MOST_ATTEMPTS = 20
"""More than of an email: each worker that is killed while it holds a timer counts as one."""


class Timer(AuthorityOwned, LeasedRow, Base):
    """One reminder to send: its level (`step`), the `deadline_kind` due by `due_at`, and when to send it (`run_at`).

    `generation` counts how often it was scheduled; each generation fires at most once. `attempt` counts claims
    and is the fencing token: a worker presents its number when it fires, and PostgreSQL rejects an old number
    or an expired lease.
    """

    __tablename__ = "escalation_timer"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        CheckConstraint(one_of("deadline_kind", REMINDED_OF), name="deadline_kind"),
        CheckConstraint(one_of("step", STEPS), name="step"),
        CheckConstraint(one_of("state", TIMER_STATES), name="state"),
        CheckConstraint(
            "state <> 'fired' OR (fired_at IS NOT NULL AND fired_attempt IS NOT NULL AND fired_attempt = attempt)",
            name="fired_by_who_claimed_last",
        ),
        CheckConstraint("state <> 'claimed' OR lease_until IS NOT NULL", name="claimed_for_a_while"),
        UniqueConstraint(
            "authority_id", "escalation_id", "deadline_kind", "step", name="uq_escalation_timer_step"
        ),
        Index(
            "ix_escalation_timer_due",
            "authority_id",
            "run_at",
            postgresql_where=text("state IN ('armed', 'claimed')"),
        ),
        {"info": {"second_policy": of_escalation_row("escalation_timer")}},
    )

    escalation_id: Mapped[UUID]
    deadline_kind: Mapped[str]
    step: Mapped[str]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=text("'armed'"))
    generation: Mapped[int] = mapped_column(server_default=text("1"))
    max_attempts: Mapped[int] = mapped_column(server_default=text(str(MOST_ATTEMPTS)))
    fired_attempt: Mapped[int | None]
    fired_at: Mapped[datetime | None]


class Reminder(AuthorityOwned, Base):
    """A reminder that was sent, or whose timer fired without a recipient. Kept permanently.

    `people_notified` counts them; 0 if an email went to the director's mailbox instead, or if the
    reminder of the due day covered it.
    """

    __tablename__ = "escalation_reminder"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("timer_id", "escalation_timer"),
        CheckConstraint(one_of("deadline_kind", REMINDED_OF), name="deadline_kind"),
        CheckConstraint(one_of("step", STEPS), name="step"),
        CheckConstraint("people_notified >= 0", name="people_notified"),
        UniqueConstraint("authority_id", "timer_id", "generation"),
        Index(None, "authority_id", "escalation_id", "at"),
        {"info": {"second_policy": of_escalation_row("escalation_reminder", kept=True)}},
    )

    escalation_id: Mapped[UUID]
    timer_id: Mapped[UUID]
    generation: Mapped[int]
    deadline_kind: Mapped[str]
    step: Mapped[str]
    due_at: Mapped[datetime]
    people_notified: Mapped[int]
    at: Mapped[datetime] = created_at()


schema_rule(
    "a_timer_takes_effect_only_within_its_lease",
    """
CREATE FUNCTION refuse_timer_after_its_lease() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF clock_timestamp() > NEW.lease_until THEN
        RAISE EXCEPTION 'the lease of timer % is over: another worker has it now', NEW.id
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER within_its_lease AFTER UPDATE ON escalation_timer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'fired' AND OLD.state <> 'fired')
    EXECUTE FUNCTION refuse_timer_after_its_lease();
""",
)

announce_work("escalation_timer", "armed")
