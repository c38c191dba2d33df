"""Calendar items of motions: the last day to vote between meetings."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.motions.notifying import path_of
from alongside.features.motions.queries import to_vote
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.calendar_items import CalendarItem, CalendarSource


async def _last_days(session: AsyncSession, person: Principal) -> list[CalendarItem]:
    if not has_permission(person, Permission.VOTE_ON_MOTION):
        return []
    return [
        CalendarItem(f"motion-{one.id}", "Last day to vote on a motion", one.last_day, path_of(one.id))
        for one in await to_vote(session, person)
        if one.last_day is not None
    ]


CALENDAR = (CalendarSource(_last_days),)
