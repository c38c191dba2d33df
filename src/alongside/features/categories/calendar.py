"""Calendar items of support categories: the last day for an appeal."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.categories.notifying import path_of
from alongside.features.categories.queries import categories_of_schools
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.calendar_items import CalendarItem, CalendarSource


async def _last_days(session: AsyncSession, person: Principal) -> list[CalendarItem]:
    used = settings_of(person.authority_id).categorisation.used
    if not used or not has_permission(person, Permission.APPEAL_CATEGORY):
        return []
    return [
        CalendarItem(f"category-{one.id}", "Last day for an appeal", one.appeal_by, path_of(one))
        for one in (await categories_of_schools(session, person, person.own_schools))[0]
        if one.state == "notified" and one.appeal_by is not None
    ]


CALENDAR = (CalendarSource(_last_days),)
