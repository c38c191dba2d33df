"""Calendar items of visit requests: the agreed visits of a school."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import Date, Integer, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.calendar_items import CalendarItem, CalendarSource
from alongside.platform.database.reads import Read, fetch_all


class AgreedVisit(msgspec.Struct, frozen=True):
    """An agreed visit, and the other school."""

    id: UUID
    visit_on: date
    venue: str
    school: str
    hosts: bool


AGREED = Read(
    text(
        """
        SELECT v.id, v.visit_on, v.venue, other.name, v.supporting_urn = :urn
          FROM visit_request v
          JOIN school other ON other.authority_id = :authority_id
           AND other.urn = CASE WHEN v.requesting_urn = :urn THEN v.supporting_urn ELSE v.requesting_urn END
         WHERE v.authority_id = :authority_id AND (v.supporting_urn = :urn OR v.requesting_urn = :urn)
           AND v.state = 'agreed' AND v.visit_on >= :today
         ORDER BY v.visit_on, v.id LIMIT 200
        """
    ).bindparams(
        bindparam("authority_id", type_=Integer),
        bindparam("urn", type_=Integer),
        bindparam("today", type_=Date),
    ),
    AgreedVisit,
)


async def _visits(session: AsyncSession, person: Principal) -> list[CalendarItem]:
    if person.school_urn is None or not has_permission(person, Permission.VIEW_VISIT_REQUEST):
        return []
    values = {"authority_id": person.authority_id, "urn": person.school_urn, "today": person.today}
    return [
        CalendarItem(
            f"visit-request-{one.id}",
            f"Visit from {one.school}" if one.hosts else f"Visit to {one.school}",
            one.visit_on,
            f"/visit-requests/{one.id}",
            location=one.venue,
        )
        for one in await fetch_all(session, AGREED, values)
    ]


CALENDAR = (CalendarSource(_visits),)
