"""Scheduled jobs of visit requests: reminders, lapses, and deadlines that a changed calendar moves."""

from collections.abc import AsyncIterator

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.features.visit_requests.endings import end_unanswered
from alongside.features.visit_requests.models import VisitRequest
from alongside.features.visit_requests.queries import late_visit_requests, open_visit_requests
from alongside.features.visit_requests.request import RequestedVisit
from alongside.features.visit_requests.telling import tell_school
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.jobs.scheduler import ScheduledJob
from alongside.platform.school_calendar.calendar import Calendar, add_school_days, school_days_before
from alongside.platform.web.formatting import format_weekday


async def lapse_visit_requests(session: AsyncSession, person: Principal) -> int:
    """End requests that were not answered in time, and tell both schools. `person` is the system."""
    late = await late_visit_requests(session, person)
    for row in late:
        await end_unanswered(session, person, row)
    return len(late)


async def remind_of_visit_requests(session: AsyncSession, person: Principal) -> int:
    """Remind the school that must answer, once, some school days before the last day. `person` is the system."""
    ahead = settings_of(person.authority_id).periods.remind_before
    async for row, calendar in _open_with_calendar(session, person):
        if school_days_before(calendar, row.respond_by, ahead) <= person.today <= row.respond_by:
            asked = row.waits_for_urn == row.supporting_urn
            other = row.requesting_name if asked else row.supporting_name
            act = f"answer the request of {other} for a visit" if asked else f"choose a date to visit {other}"
            text = f"Please {act} by {format_weekday(row.respond_by)}."
            await tell_school(session, person, row, row.waits_for_urn, "visit_reminder", text)
    return 0


async def recalculate_visit_deadlines(session: AsyncSession, person: Principal) -> int:
    """Move deadlines that the current calendars change, to today at the earliest. `person` is the system."""
    async for row, calendar in _open_with_calendar(session, person):
        until = max(add_school_days(calendar, row.respond_from, row.respond_days), person.today)
        if row.respond_by < person.today or until == row.respond_by:
            continue
        await session.execute(
            update(VisitRequest)
            .where(VisitRequest.authority_id == person.authority_id, VisitRequest.id == row.id)
            .values(respond_by=until)
        )
        await record_audit(
            session,
            person,
            "recalculate_deadline",
            "visit_request",
            row.id,
            schools=(row.requesting_urn, row.supporting_urn),
            changes={"respond_by": [row.respond_by.isoformat(), until.isoformat()]},
        )
    return 0


async def _open_with_calendar(
    session: AsyncSession, person: Principal
) -> AsyncIterator[tuple[RequestedVisit, Calendar]]:
    """Every open request, with the calendar of the school that must answer."""
    async for rows in open_visit_requests(session, person):
        urns = {row.waits_for_urn for row in rows}
        calendars = await calendars_of_schools(session, person.authority_id, urns)
        for row in rows:
            yield row, calendars[row.waits_for_urn]


JOBS = (
    ScheduledJob(6, recalculate_visit_deadlines, on_calendar_change=True),
    ScheduledJob(7, lapse_visit_requests),
    ScheduledJob(8, remind_of_visit_requests),
)
