"""Scheduled job of support categories: those whose appeal is heard, or that nobody appealed against, take effect."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.categories.actions import take_effect
from alongside.features.categories.queries import ready_to_take_effect
from alongside.platform.access.principal import Principal
from alongside.platform.jobs.scheduler import A_BATCH, ScheduledJob
from alongside.platform.school_calendar.calendar import academic_year


async def put_categories_in_force(session: AsyncSession, person: Principal) -> int:
    """Put categories of this year or earlier in force, in place of those of the year before. `person` is the system."""
    rows = await ready_to_take_effect(session, person, academic_year(person.today), A_BATCH)
    for row in rows:
        await take_effect(session, person, row)
    return len(rows)


JOBS = (ScheduledJob(7, put_categories_in_force),)
