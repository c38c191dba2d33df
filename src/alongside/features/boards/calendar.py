"""Calendar items of boards: the end of a member's own term, and for a clerk the next end of a term on each board."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.boards.queries import BodyRecord, bodies_of, own_ends
from alongside.features.boards.resource import path_of
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, Role
from alongside.platform.calendar_items import CalendarItem, CalendarSource


async def _ends(session: AsyncSession, person: Principal) -> list[CalendarItem]:
    declared = settings_of(person.authority_id).bodies
    if not declared:
        return []
    if person.role is Role.BOARD_MEMBER:
        return [
            CalendarItem(f"term-{one.id}", f"Your term ends: {one.name}", one.until_on, path_of(one.key))
            for one in await own_ends(session, person)
        ]
    if not has_permission(person, Permission.MANAGE_BOARD):
        return []
    return [item for one in await bodies_of(session, person) for item in _of_body(one)]


def _of_body(body: BodyRecord) -> list[CalendarItem]:
    if body.stored is None or body.stored.next_end is None:
        return []
    title = f"A term ends: {body.settings.name}"
    return [CalendarItem(f"terms-{body.id}", title, body.stored.next_end, path_of(body.key))]


CALENDAR = (CalendarSource(_ends),)
