"""Record statutory steps, and overrule headteachers' decisions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.escalations.deadlines import last_school_day_by
from alongside.features.escalations.queries import lock_escalation
from alongside.features.escalations.reminders.actions import arm_statutory, cancel_statutory
from alongside.features.escalations.rows import EscalationRow
from alongside.features.escalations.statutory.forms import WrittenOverruling, WrittenStep
from alongside.features.escalations.statutory.models import Overruling, StatutoryStep
from alongside.features.escalations.statutory.queries import steps_taken
from alongside.features.escalations.statutory.steps import (
    MISMANAGEMENT,
    POWERS,
    STEPS,
    TakenStep,
    is_open,
    last_notice,
    powers_lapse_on,
)
from alongside.features.escalations.transitions import (
    CONSTRAINT_MESSAGES,
    notify_participants,
    record_event,
)
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.school_calendar.calendar import end_of_school_day

ON_THE_LADDER = ("triaged", "active", "stepped_up")


async def record_statutory_step(
    session: AsyncSession, person: Principal, escalation_id: UUID, written: WrittenStep
) -> UUID:
    """Record a statutory step. Nothing is sent to the school.

    Raises ActionRefused if the school is not maintained, or if an earlier step is missing without an urgent
    reason.
    """
    row = await lock_escalation(session, person, Permission.RECORD_STATUTORY_STEP, escalation_id)
    if row.outcome != "statutory" and row.state != "stepped_up":
        raise ActionRefused("Escalate further first, or decide on the statutory route.", row.state)
    if row.state not in ON_THE_LADDER:
        raise ActionRefused(
            "You can record statutory steps only while the escalation is in progress.", row.state
        )
    if written["taken_on"] > person.today:
        raise ValidationFailed(
            {"taken_on": ["The date must be today or earlier. Record a step after it is taken."]}
        )
    taken = await steps_taken(session, person, escalation_id)
    hasty = written["urgent_because"] and STEPS[written["kind"]].urgent
    mismanaged = written["kind"] == "suspend_delegation" and written["eligible_by"] == MISMANAGEMENT
    if not (is_open(written["kind"], {one.kind for one in taken}) or hasty or mismanaged):
        raise ActionRefused(
            "The step that must come before this one is not recorded. Record it, or give the urgent reason.",
            row.state,
        )
    made = StatutoryStep(
        authority_id=person.authority_id, escalation_id=escalation_id, recorded_by=person.id, **written
    )
    session.add(made)
    with explain_constraints(CONSTRAINT_MESSAGES, row.state):
        await session.flush()
    this = TakenStep(made.id, made.kind, made.taken_on, made.comply_by_on, made.eligible_by)
    await set_statutory_timers(session, person, row, [*taken, this])
    await record_audit(session, person, "record_statutory_step", "escalation", escalation_id)
    await record_event(session, person, escalation_id, "record_statutory_step", STEPS[made.kind].label)
    await notify_participants(
        session,
        person,
        row,
        "escalation_step",
        once=f"escalation_step_{made.id}:{row.id}:{row.version}",
    )
    return made.id


async def set_statutory_timers(
    session: AsyncSession, person: Principal, row: EscalationRow, steps: Sequence[TakenStep]
) -> None:
    """Schedule or cancel the reminders of the compliance period's end and of the last day of the powers."""
    notice = last_notice(steps)
    over = notice is None or any(
        one.kind in ("complied", "ended", *POWERS) and one.taken_on >= notice.taken_on for one in steps
    )
    if notice is None or over:
        await cancel_statutory(session, person, row.id)
        return
    calendar = await calendar_of_school(session, person.authority_id, row.school_urn)
    days = {"comply": notice.comply_by_on, "powers": powers_lapse_on(notice.comply_by_on)}
    for deadline_kind, day in days.items():
        due_at = end_of_school_day(calendar, last_school_day_by(calendar, day))
        await arm_statutory(session, person, row.id, deadline_kind, due_at, calendar)


async def overrule_heads(
    session: AsyncSession, person: Principal, escalation_id: UUID, written: WrittenOverruling
) -> UUID:
    """Overrule a decision of headteachers on a statutory ground, and notify the participants at once.

    A headteacher who has not been notified of the escalation is not a participant. The officer is the person
    who acts. PostgreSQL refuses a row without ground, law, reason, officer or time.
    """
    row = await lock_escalation(session, person, Permission.OVERRULE_HEADS, escalation_id)
    made = Overruling(
        authority_id=person.authority_id, escalation_id=escalation_id, officer_id=person.id, **written
    )
    session.add(made)
    await session.flush()
    await record_audit(session, person, "overrule_heads", "escalation", escalation_id)
    await record_event(session, person, escalation_id, "overrule_heads", written["reason"])
    once = f"escalation_overruled:{made.id}"
    await notify_participants(session, person, row, "escalation_overruled", once=once)
    return made.id
