"""Actions that change the state of an escalation. Each locks the escalation first."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.escalations.deadlines import days_for, deadline_of
from alongside.features.escalations.models import (
    ACCEPT_RETURN,
    ACKNOWLEDGE,
    AGREE_PLAN,
    CLOSE,
    DECIDE_AGAIN,
    MERGE,
    NOT_YET,
    OFFER_RETURN,
    REOPEN_ESCALATION,
    RESUME,
    REVIEW,
    STEP_UP,
    TRIAGE,
    WAITING,
    WITHDRAW,
    Escalation,
)
from alongside.features.escalations.participants import officers
from alongside.features.escalations.pauses import ClockPause, pauses_of
from alongside.features.escalations.queries import lock_escalation
from alongside.features.escalations.reminders.actions import cancel_statutory
from alongside.features.escalations.rows import EscalationRow
from alongside.features.escalations.state_changes.forms import End
from alongside.features.escalations.tasks.models import Criterion
from alongside.features.escalations.telling import Recipient, Turn, officers_turn, owner_text
from alongside.features.escalations.transitions import (
    NOTHING_DUE,
    Clock,
    clock_from_now,
    move,
    notify_participants,
    record_event,
    set_timers,
)
from alongside.features.escalations.triage.forms import Decision, Plan
from alongside.features.interests.queries import schools_of_interest
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.notifications.actions import Message, notify_each
from alongside.platform.school_calendar.calendar import add_school_days
from alongside.platform.web.formatting import format_date
from alongside.platform.workflow import Transition

DAYS_TO_ANSWER_RETURN = 5
"""School days in which a consortium is asked to take a school back; nothing happens by itself after them."""

HANDLE, ANSWER = Permission.MANAGE_ESCALATION, Permission.RESPOND_TO_ESCALATION


async def acknowledge_escalation(
    session: AsyncSession, person: Principal, escalation_id: UUID, version: int | None = None
) -> None:
    """Acknowledge an escalation; the officer who does so becomes its owner."""
    row = await lock_escalation(session, person, HANDLE, escalation_id, version=version)
    clock = await clock_from_now(session, person, row.school_urn, row.urgency, ACKNOWLEDGE.end)
    await move(session, person, row, ACKNOWLEDGE, owner_id=row.owner_id or person.id, **clock)
    await _after(session, person, row, clock, "escalation_acknowledged")


async def decide_escalation(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    decided: Decision,
    version: int | None = None,
    typed: Mapping[str, tuple[str, str]] | None = None,
) -> None:
    """Decide what happens, with a text for the consortium; the decision can be changed until the escalation is
    over.

    Raises EditConflict if a colleague decided first, ActionRefused if statutory powers do not apply.
    """
    row = await lock_escalation(session, person, HANDLE, escalation_id, version=version, typed=typed)
    if decided["handling_consortium_id"] == row.consortium_id:
        raise ValidationFailed(
            {"handling_consortium_id": ["This consortium raised the escalation. Select another one."]}
        )
    step = DECIDE_AGAIN if row.state in DECIDE_AGAIN.starts else TRIAGE
    clock = await clock_from_now(session, person, row.school_urn, row.urgency, step.end)
    await move(session, person, row, step, note=decided["decision"], **decided, **clock)
    decided_row = msgspec.structs.replace(
        row, handling_consortium_id=decided["handling_consortium_id"], version=row.version + 1
    )
    await _after(session, person, decided_row, clock, "escalation_decided")


async def agree_plan(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    plan: Plan,
    criteria: Sequence[str],
    version: int | None = None,
    typed: Mapping[str, tuple[str, str]] | None = None,
) -> None:
    """Agree the plan, and the criteria for returning the school to the consortium."""
    row = await lock_escalation(session, person, HANDLE, escalation_id, version=version, typed=typed)
    if row.state not in AGREE_PLAN.starts:
        raise ActionRefused("Decide what happens next before you agree a plan.", row.state)
    await session.execute(
        insert(Criterion),
        [
            {"authority_id": person.authority_id, "escalation_id": escalation_id, "words": words}
            for words in criteria
        ],
    )
    clock = await clock_from_now(session, person, row.school_urn, row.urgency, AGREE_PLAN.end)
    await move(session, person, row, AGREE_PLAN, **plan, **clock)
    await _after(session, person, row, clock, "escalation_planned")


async def review_escalation(
    session: AsyncSession, person: Principal, escalation_id: UUID, note: str, version: int | None = None
) -> None:
    """Record a review; the next one is due after the same number of school days."""
    row = await lock_escalation(session, person, HANDLE, escalation_id, version=version)
    clock = await clock_from_now(session, person, row.school_urn, row.urgency, REVIEW.end)
    await move(session, person, row, REVIEW, note=note, **clock)
    await _after(session, person, row, clock, "escalation_reviewed")


async def pause_deadline(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    waiting_on: str,
    why: str,
    version: int | None = None,
) -> None:
    """Pause the clock; record for whom the escalation waits, and why."""
    row = await lock_escalation(session, person, HANDLE, escalation_id, version=version)
    await move(session, person, row, WAITING[waiting_on], note=why, due_at=None)
    await session.execute(
        insert(ClockPause).values(
            authority_id=person.authority_id,
            escalation_id=escalation_id,
            waiting_on=waiting_on,
            why=why,
            begun_by=person.id,
            since_at=datetime.now(UTC),
        )
    )
    await _after(session, person, row, NOTHING_DUE, "escalation_waits")


async def resume_escalation(
    session: AsyncSession, person: Principal, escalation_id: UUID, version: int | None = None
) -> None:
    """Resume the clock with the school days that were left when it was paused."""
    row = await lock_escalation(session, person, HANDLE, escalation_id, version=version)
    await session.execute(
        update(ClockPause)
        .where(
            ClockPause.authority_id == person.authority_id,
            ClockPause.escalation_id == escalation_id,
            ClockPause.until_at.is_(None),
        )
        .values(until_at=datetime.now(UTC))
        .execution_options(synchronize_session=False)
    )
    due_at = None
    if row.deadline_kind is not None and row.clock_began_at is not None:
        days = days_for(settings_of(person.authority_id), row.urgency, row.deadline_kind)
        calendar = await calendar_of_school(session, person.authority_id, row.school_urn)
        pauses = await pauses_of(session, person, escalation_id)
        due_at = deadline_of(calendar, row.clock_began_at, days, pauses)
    clock = Clock(deadline_kind=row.deadline_kind, clock_began_at=row.clock_began_at, due_at=due_at)
    await move(session, person, row, RESUME, due_at=due_at)
    await _after(session, person, row, clock, "escalation_resumed")


async def offer_return(
    session: AsyncSession, person: Principal, escalation_id: UUID, version: int | None = None
) -> None:
    """Offer to return the school to the consortium. PostgreSQL requires that every criterion is met."""
    row = await lock_escalation(session, person, HANDLE, escalation_id, version=version)
    await move(session, person, row, OFFER_RETURN, **NOTHING_DUE)
    await _after(
        session, person, row, NOTHING_DUE, "escalation_returning", await _return_turn(session, person, row)
    )


async def accept_return(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    end: End,
    version: int | None = None,
) -> None:
    """Accept the return of the school and close the escalation. PostgreSQL refuses while an action is open."""
    row = await lock_escalation(session, person, ANSWER, escalation_id, version=version)
    await move(
        session,
        person,
        row,
        ACCEPT_RETURN,
        note=end["outcome_words"],
        closed_at=datetime.now(UTC),
        **end,
        **NOTHING_DUE,
    )
    await cancel_statutory(session, person, escalation_id)
    await _after(session, person, row, NOTHING_DUE, "escalation_closed")


async def not_yet(
    session: AsyncSession, person: Principal, escalation_id: UUID, note: str, version: int | None = None
) -> None:
    """Decline the return of the school because it is too early; the escalation continues."""
    row = await lock_escalation(session, person, ANSWER, escalation_id, version=version)
    clock = await clock_from_now(session, person, row.school_urn, row.urgency, NOT_YET.end)
    await move(session, person, row, NOT_YET, note=note, **clock)
    await _after(session, person, row, clock, "escalation_not_yet")


async def change_level(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    up_or_down: Transition,
    note: str,
    version: int | None = None,
) -> None:
    """Escalate further (statutory ladder or board), or reverse that."""
    row = await lock_escalation(session, person, HANDLE, escalation_id, version=version)
    clock = await clock_from_now(session, person, row.school_urn, row.urgency, "active")
    await move(session, person, row, up_or_down, note=note, **clock)
    event = "escalation_stepped_up" if up_or_down is STEP_UP else "escalation_stepped_down"
    await _after(session, person, row, clock, event)


async def close_escalation(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    end: End,
    version: int | None = None,
) -> None:
    """Close an escalation with its result. PostgreSQL refuses while an action is open."""
    row = await lock_escalation(session, person, HANDLE, escalation_id, version=version)
    await move(
        session,
        person,
        row,
        CLOSE,
        note=end["outcome_words"],
        closed_at=datetime.now(UTC),
        **end,
        **NOTHING_DUE,
    )
    await cancel_statutory(session, person, escalation_id)
    await _after(session, person, row, NOTHING_DUE, "escalation_closed")


async def withdraw_escalation(
    session: AsyncSession, person: Principal, escalation_id: UUID, note: str, version: int | None = None
) -> None:
    """Withdraw an escalation before a decision, with a reason."""
    row = await lock_escalation(session, person, ANSWER, escalation_id, version=version)
    await move(session, person, row, WITHDRAW, note=note, closed_at=datetime.now(UTC), **NOTHING_DUE)
    await _after(session, person, row, NOTHING_DUE, "escalation_withdrawn")


async def merge_escalation(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    into: UUID,
    note: str,
    version: int | None = None,
) -> None:
    """Merge this escalation into another of the same school. Raises ValidationFailed for another school's."""
    first, second = sorted((escalation_id, into))
    locked = {one: await lock_escalation(session, person, HANDLE, one) for one in (first, second)}
    row, other = locked[escalation_id], locked[into]
    if version is not None and row.version != version:
        raise ActionRefused(
            "A colleague acted on this escalation meanwhile. Look again, then merge.", row.state
        )
    if row.school_urn != other.school_urn or other.state in ("closed", "withdrawn", "merged"):
        raise ValidationFailed({"into": ["Select an open escalation of the same school."]})
    await move(
        session, person, row, MERGE, note=note, merged_into=into, closed_at=datetime.now(UTC), **NOTHING_DUE
    )
    await cancel_statutory(session, person, escalation_id)
    await record_audit(session, person, "merge_in", "escalation", into)
    await record_event(session, person, into, "merge_in", note, for_school=row.notified_at is not None)
    await _after(session, person, row, NOTHING_DUE, "escalation_merged")


async def reopen_escalation(
    session: AsyncSession, person: Principal, escalation_id: UUID, note: str, version: int | None = None
) -> None:
    """Reopen an escalation, with a reason; it needs a new decision."""
    row = await lock_escalation(session, person, Permission.REOPEN_ESCALATION, escalation_id, version=version)
    clock = await clock_from_now(session, person, row.school_urn, row.urgency, REOPEN_ESCALATION.end)
    await move(session, person, row, REOPEN_ESCALATION, note=note, closed_at=None, **clock)
    await _after(session, person, row, clock, "escalation_reopened")


async def assign_escalation(
    session: AsyncSession, person: Principal, escalation_id: UUID, owner_id: UUID, version: int | None = None
) -> None:
    """Assign an escalation to a member of the core team and notify them. Raises ValidationFailed for others."""
    row = await lock_escalation(session, person, Permission.ASSIGN_ESCALATION, escalation_id, version=version)
    if row.state in ("closed", "withdrawn", "merged"):
        raise ActionRefused("This escalation is closed.", row.state)
    if owner_id not in {one.id for one in await officers(session, person)}:
        raise ValidationFailed({"owner_id": ["Select a member of the core team."]})
    if row.school_urn in await schools_of_interest(session, person.authority_id, owner_id, person.today):
        raise ValidationFailed(
            {"owner_id": ["This person has an interest in this school. Select someone else."]}
        )
    await session.execute(
        update(Escalation)
        .where(Escalation.authority_id == person.authority_id, Escalation.id == escalation_id)
        .values(owner_id=owner_id, version=Escalation.version + 1)
        .execution_options(synchronize_session=False)
    )
    await record_audit(session, person, "assign_escalation", "escalation", escalation_id)
    await record_event(session, person, escalation_id, "assign_escalation", for_school=False)
    said, subject = owner_text(
        f"{person.name} has assigned an escalation to you.", row.deadline_kind, row.due_at
    )
    await notify_each(
        session,
        person,
        [Message(owner_id, said, subject, said)],
        "escalation_assigned",
        f"/escalations/{escalation_id}",
        once=f"assigned:{escalation_id}:{row.version}",
    )


async def _after(
    session: AsyncSession,
    person: Principal,
    row: EscalationRow,
    clock: Clock,
    event: str,
    turn: Turn | None = None,
) -> None:
    """Run after every transition: schedule or cancel reminders, and notify the participants.

    It is the core team's turn if something is due, unless `turn` says otherwise.
    """
    await set_timers(session, person, row.id, row.school_urn, clock)
    next_turn = turn or officers_turn(clock["deadline_kind"], clock["due_at"])
    await notify_participants(session, person, row, event, next_turn)


async def _return_turn(session: AsyncSession, person: Principal, row: EscalationRow) -> Turn:
    """The turn of the consortium that is asked to take its school back."""
    calendar = await calendar_of_school(session, person.authority_id, row.school_urn)
    due = format_date(add_school_days(calendar, person.today, DAYS_TO_ANSWER_RETURN))
    return Turn(Recipient.LEAD, "Take the school back, or say why it is too early,", "answers", due)
