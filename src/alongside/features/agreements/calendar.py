"""Calendar items of agreements: the planned visits of a school."""

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


class PlannedVisit(msgspec.Struct, frozen=True):
    """A planned visit of an agreement. The calendar names no school: a link may be read by others."""

    id: UUID
    agreement_id: UUID
    visit_on: date


PLANNED = Read(
    text(
        """
        SELECT v.id, v.agreement_id, v.visit_on
          FROM support_agreement a
          JOIN visit v ON v.authority_id = :authority_id AND v.agreement_id = a.id
         WHERE a.authority_id = :authority_id AND (a.supporting_urn = :urn OR a.requesting_urn = :urn)
           AND v.state = 'planned' AND v.visit_on >= :today
         ORDER BY v.visit_on, v.id LIMIT 200
        """
    ).bindparams(
        bindparam("authority_id", type_=Integer),
        bindparam("urn", type_=Integer),
        bindparam("today", type_=Date),
    ),
    PlannedVisit,
)


async def _visits(session: AsyncSession, person: Principal) -> list[CalendarItem]:
    if person.school_urn is None or not has_permission(person, Permission.VIEW_AGREEMENT):
        return []
    values = {"authority_id": person.authority_id, "urn": person.school_urn, "today": person.today}
    return [
        CalendarItem(
            f"visit-{one.id}",
            "Support visit",
            one.visit_on,
            f"/agreements/{one.agreement_id}",
        )
        for one in await fetch_all(session, PLANNED, values)
    ]


CALENDAR = (CalendarSource(_visits),)
