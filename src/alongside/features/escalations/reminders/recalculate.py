"""Daily job that recalculates deadlines, because a school may have declared a training day."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, DateTime, Text, bindparam, literal_column, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.escalations.deadlines import days_for, deadline_of
from alongside.features.escalations.models import FINALS, Escalation
from alongside.features.escalations.pauses import pauses_of
from alongside.features.escalations.reminders.actions import arm, reminders_due
from alongside.features.schools.term_dates.queries import calendar_of_school, calendars_of_schools
from alongside.platform.access.principal import Principal, Role
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.base import one_of
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.jobs.scheduler import ScheduledJob

MOST = 2000
"""Maximum number of open escalations in one run; an authority has a few dozen."""


class ArmedDeadline(msgspec.Struct, frozen=True):
    """A deadline with reminders to come."""

    escalation_id: UUID
    deadline_kind: str
    due_at: datetime
    school_urn: int


ARMED = Read(
    text(
        """
        SELECT t.escalation_id, t.deadline_kind, t.due_at, c.school_urn
          FROM escalation_timer t JOIN escalation c ON c.authority_id = t.authority_id AND c.id = t.escalation_id
         WHERE t.authority_id = :authority_id AND t.state = 'armed' AND t.run_at > now()
         GROUP BY t.escalation_id, t.deadline_kind, t.due_at, c.school_urn
         ORDER BY t.escalation_id, t.deadline_kind LIMIT 10000
        """
    ),
    ArmedDeadline,
)
MOVE = text(
    """
    UPDATE escalation_timer timer SET run_at = greatest(rung.at, now()), generation = timer.generation + 1
      FROM unnest(:steps, :moments) AS rung (step, at)
     WHERE timer.authority_id = :authority_id AND timer.escalation_id = :escalation_id
       AND timer.deadline_kind = :deadline_kind
       AND timer.due_at = :due_at AND timer.step = rung.step AND timer.state = 'armed'
       AND timer.run_at > now() AND timer.run_at <> rung.at
    RETURNING timer.step
    """
).bindparams(
    bindparam("steps", type_=ARRAY(Text)),
    bindparam("moments", type_=ARRAY(DateTime(timezone=True))),
    bindparam("due_at", type_=DateTime(timezone=True)),
)


class DueEscalation(msgspec.Struct, frozen=True):
    """An open escalation with a deadline."""

    id: UUID
    school_urn: int
    urgency: str
    deadline_kind: str
    clock_began_at: datetime
    due_at: datetime


_ROW = Escalation.__table__.c
DUE = Read(
    select(_ROW.id, _ROW.school_urn, _ROW.urgency, _ROW.deadline_kind, _ROW.clock_began_at, _ROW.due_at)
    .where(
        _ROW.authority_id == bindparam("authority_id"),
        text(f"NOT {one_of('escalation.state', FINALS)}"),
        _ROW.deadline_kind.is_not(None),
        _ROW.due_at.is_not(None),
    )
    .order_by(_ROW.id)
    .limit(literal_column(str(MOST)))
    .with_for_update(key_share=True, skip_locked=True),
    DueEscalation,
)


async def recalculate_escalation_deadlines(session: AsyncSession, person: Principal) -> int:
    """Move each deadline and reminder that today's calendars put on another day; return how many moved.

    `person` is the system principal. Paused escalations have no deadline to move. Locked ones are skipped: the
    action that holds the lock sets the deadline itself.
    """
    settings = settings_of(person.authority_id)
    await set_requester(session, RequesterContext(person.authority_id, Role.SYSTEM.value))
    due = await fetch_all(session, DUE, {"authority_id": person.authority_id})
    moved = sum([await _moved(session, person, settings, row) for row in due])
    return moved + await _move_reminders(session, person)


async def _move_reminders(session: AsyncSession, person: Principal) -> int:
    """Move the coming reminders that the schools' current calendars put on another day; return for how many deadlines.

    A training day after a deadline moves the reminders that follow it, although the deadline stays.
    """
    rows = await fetch_all(session, ARMED, {"authority_id": person.authority_id})
    calendars = await calendars_of_schools(session, person.authority_id, {row.school_urn for row in rows})
    moved = 0
    for row in rows:
        rungs = reminders_due(
            person, row.escalation_id, row.deadline_kind, row.due_at, calendars[row.school_urn]
        )
        moved += bool((await session.execute(MOVE, rungs)).all())
    return moved


async def _moved(
    session: AsyncSession, person: Principal, settings: AuthoritySettings, row: DueEscalation
) -> bool:
    calendar = await calendar_of_school(session, person.authority_id, row.school_urn)
    days = days_for(settings, row.urgency, row.deadline_kind)
    now_due = deadline_of(calendar, row.clock_began_at, days, await pauses_of(session, person, row.id))
    if now_due is None or now_due == row.due_at:
        return False
    await session.execute(
        update(Escalation)
        .where(Escalation.authority_id == person.authority_id, Escalation.id == row.id)
        .values(due_at=now_due)
        .execution_options(synchronize_session=False)
    )
    await arm(session, person, row.id, row.deadline_kind, now_due, calendar)
    changes = {"due_at": [row.due_at.isoformat(), now_due.isoformat()]}
    await record_audit(session, person, "reckon_anew", "escalation", row.id, changes=changes)
    return True


JOBS = (ScheduledJob(6, recalculate_escalation_deadlines, on_calendar_change=True),)
