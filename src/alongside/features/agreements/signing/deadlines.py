"""By when an agreement must have an aim and both signatures."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.principal import Principal
from alongside.platform.school_calendar.calendar import add_school_days


async def signature_due(
    session: AsyncSession, person: Principal, requesting_urn: int, agreed_on: date
) -> date:
    """The authority's number of school days of the requesting school after the day of the agreement."""
    calendar = await calendar_of_school(session, person.authority_id, requesting_urn)
    return add_school_days(calendar, agreed_on, settings_of(person.authority_id).periods.agreement_due)
