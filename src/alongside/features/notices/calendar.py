"""Calendar items of notices: the coming events that a person can read."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.notices.queries import events_for
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.calendar_items import CalendarItem, CalendarSource

MOST = 200


async def _events(session: AsyncSession, person: Principal) -> list[CalendarItem]:
    if not has_permission(person, Permission.VIEW_NOTICE):
        return []
    events, _ = await events_for(session, person, None, 1, MOST)
    return [
        CalendarItem(
            f"notice-{one.id}",
            one.title,
            one.event_on,
            f"/notices/{one.id}",
            one.event_starts,
            one.event_ends,
            one.event_location,
        )
        for one in events
        if one.event_on is not None
    ]


CALENDAR = (CalendarSource(_events),)
