"""Daily job that recalculates deadlines, because a school may have declared a training day."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, literal_column, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.escalations.deadlines import days_for, deadline_of
from alongside.features.escalations.models import FINALS, Escalation
from alongside.features.escalations.pauses import pauses_of
from alongside.features.escalations.reminders.actions import arm, move_reminders
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.principal import Principal, Role
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.base import one_of
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.jobs.scheduler import ScheduledJob

MOST = 2000
"""Maximum number of open escalations in one run; an authority has a few dozen."""


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
    return moved + await move_reminders(session, person)


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
