"""Calendar items of a school's home page: each work item with a day. They name what to do, not what it is about."""

import hashlib

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.dashboards.work_items import work_items_of_school
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.principal import SCHOOL_ROLES, Principal
from alongside.platform.calendar_items import CalendarItem, CalendarSource


async def _deadlines(session: AsyncSession, person: Principal) -> list[CalendarItem]:
    if person.role not in SCHOOL_ROLES or person.school_urn is None:
        return []
    calendar = await calendar_of_school(session, person.authority_id, person.school_urn)
    return [
        CalendarItem(
            "task-" + hashlib.sha256(f"{item.act} {item.path}".encode()).hexdigest()[:32],
            f"Due: {item.act}",
            item.dated_on,
            item.path,
        )
        for item in await work_items_of_school(session, person, calendar)
        if item.dated_on is not None and item.dated_on >= person.today
    ]


CALENDAR = (CalendarSource(_deadlines),)
