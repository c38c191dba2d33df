"""Calendar items of consultations: the last days of those that a school has not answered."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.consultations.notifying import path_of
from alongside.features.consultations.queries import waiting_for_school
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.calendar_items import CalendarItem, CalendarSource


async def _last_days(session: AsyncSession, person: Principal) -> list[CalendarItem]:
    if not has_permission(person, Permission.ANSWER_CONSULTATION):
        return []
    return [
        CalendarItem(
            f"consultation-{one.id}", "Last day to answer a consultation", one.answer_by, path_of(one.id)
        )
        for one in await waiting_for_school(session, person)
        if one.answer_by is not None
    ]


CALENDAR = (CalendarSource(_last_days),)
