"""Deadlines of visit records, counted in school days of both schools."""

from datetime import date

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.parties import Sides
from alongside.features.agreements.visit import Visit
from alongside.features.agreements.visits.queries import TO_RECALCULATE
from alongside.features.authorities import settings_of
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.reads import fetch_all
from alongside.platform.school_calendar.calendar import add_school_days


async def record_due(session: AsyncSession, person: Principal, row: Sides, visit_on: date) -> date:
    """The later of both schools' days that are the authority's number of school days after a visit."""
    days = settings_of(person.authority_id).periods.visit_record_due
    urns = {row.requesting_urn, row.supporting_urn}
    calendars = await calendars_of_schools(session, person.authority_id, urns)
    return max(add_school_days(calendar, visit_on, days) for calendar in calendars.values())


async def recalculate_record_days(session: AsyncSession, person: Principal) -> int:
    """Update the record deadline of planned visits that the current calendars change. Returns the number updated.

    `person` is the system. A visit with a sent reminder keeps its deadline.
    """
    rows = await fetch_all(session, TO_RECALCULATE, {"authority_id": person.authority_id})
    days = settings_of(person.authority_id).periods.visit_record_due
    urns = {urn for row in rows for urn in (row.requesting_urn, row.supporting_urn)}
    calendars = await calendars_of_schools(session, person.authority_id, urns)
    moved = 0
    for row in rows:
        schools = (row.requesting_urn, row.supporting_urn)
        due = max(add_school_days(calendars[urn], row.visit_on, days) for urn in schools)
        if due == row.record_due_on:
            continue
        await session.execute(
            update(Visit)
            .where(Visit.authority_id == person.authority_id, Visit.id == row.id)
            .values(record_due_on=due)
            .execution_options(synchronize_session=False)
        )
        changes = {"record_due_on": [row.record_due_on.isoformat(), due.isoformat()]}
        await record_audit(
            session, person, "recalculate_deadline", "visit", row.id, schools=schools, changes=changes
        )
        moved += 1
    return moved
