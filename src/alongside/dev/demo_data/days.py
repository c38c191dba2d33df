"""Training days of the demonstration."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.demonstration import DemonstrationSchool, Staff
from alongside.features.authorities import calendar_of
from alongside.features.schools.term_dates.actions import set_training_day
from alongside.platform.school_calendar.calendar import add_school_days


async def set_own_days(session: AsyncSession, staff: Staff, schools: Sequence[DemonstrationSchool]) -> None:
    """Give every fifteenth school its own training day, some weeks from now."""
    calendar = calendar_of(staff.authority_id)
    for number, school in enumerate(schools[::15]):
        head = staff.heads.get(school.urn)
        if head is not None:
            day = add_school_days(calendar, staff.today, 6 + 2 * number)
            await set_training_day(session, head, school.urn, day)
