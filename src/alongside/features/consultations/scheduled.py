"""Scheduled jobs of consultations: last days that a changed calendar moves, the close, and reminders."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.consultations.actions import close_consultation, move_last_days
from alongside.features.consultations.notifying import notify_heads
from alongside.features.consultations.queries import open_schools, past_last_day
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.principal import Principal
from alongside.platform.jobs.scheduler import A_BATCH, ScheduledJob
from alongside.platform.school_calendar.calendar import add_school_days, school_days_before
from alongside.platform.web.formatting import format_weekday


async def recalculate_consultation_deadlines(session: AsyncSession, person: Principal) -> int:
    """Move last days that the current calendars change, to today at the earliest. `person` is the system."""
    rows = await open_schools(session, person)
    calendars = await calendars_of_schools(session, person.authority_id, {one.school_urn for one in rows})
    moved: dict[UUID, dict[int, date]] = defaultdict(dict)
    for row in rows:
        day = add_school_days(calendars[row.school_urn], row.opens_on, row.school_days)
        day = max(day, person.today)
        if day != row.answer_by:
            moved[row.consultation_id][row.school_urn] = day
    for consultation_id, last_days in moved.items():
        await move_last_days(session, person, consultation_id, last_days)
    return 0


async def close_consultations(session: AsyncSession, person: Principal) -> int:
    """Close the consultations that no school can answer any more. `person` is the system."""
    over = await past_last_day(session, person, A_BATCH)
    for consultation in over:
        await close_consultation(session, person, consultation)
    return len(over)


async def remind_of_consultations(session: AsyncSession, person: Principal) -> int:
    """Remind headteachers who have not answered, once, some school days before the last day. `person` is the system."""
    waiting = [one for one in await open_schools(session, person) if not one.has_answered]
    calendars = await calendars_of_schools(session, person.authority_id, {one.school_urn for one in waiting})
    ahead = settings_of(person.authority_id).periods.remind_before
    due: dict[tuple[UUID, str, date], list[int]] = defaultdict(list)
    for one in waiting:
        if school_days_before(calendars[one.school_urn], one.answer_by, ahead) <= person.today:
            due[one.consultation_id, one.title, one.answer_by].append(one.school_urn)
    for (consultation_id, title, day), urns in due.items():
        text = (
            f"Your school has not answered yet: {title.rstrip('.?')}. Please answer by {format_weekday(day)}."
        )
        once = f"consultation_reminder:{consultation_id}"
        await notify_heads(session, person, consultation_id, urns, "consultation_reminder", text, once)
    return 0


JOBS = (
    ScheduledJob(6, recalculate_consultation_deadlines, on_calendar_change=True),
    ScheduledJob(7, close_consultations),
    ScheduledJob(8, remind_of_consultations),
)
