"""Calendar items of escalations: deadlines of the person who works on one. They name no school and no matter."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import Date, Integer, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.requester import identify_requester
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.calendar_items import CalendarItem, CalendarSource
from alongside.platform.database.reads import Read, fetch_all

TITLE = "Deadline in Alongside"


class Deadline(msgspec.Struct, frozen=True):
    """A day by which this person must do something in an escalation; `key` names the escalation or the task."""

    key: str
    escalation_id: UUID
    due_on: date


DEADLINES = Read(
    text(
        """
        SELECT 'deadline-' || e.id, e.id, (e.due_at AT TIME ZONE 'Europe/London')::date AS due_on
          FROM escalation e
         WHERE e.authority_id = :authority_id AND e.owner_id = :person_id
           AND (e.due_at AT TIME ZONE 'Europe/London')::date >= :today
        UNION ALL
        SELECT 'deadline-' || t.id, t.escalation_id, t.due_on
          FROM escalation_task t
         WHERE t.authority_id = :authority_id AND t.owner_id = :person_id AND t.state = 'open' AND t.due_on >= :today
         ORDER BY due_on LIMIT 200
        """
    ).bindparams(
        bindparam("authority_id", type_=Integer),
        bindparam("person_id", type_=Uuid),
        bindparam("today", type_=Date),
    ),
    Deadline,
)


async def _deadlines(session: AsyncSession, person: Principal) -> list[CalendarItem]:
    if not has_permission(person, Permission.VIEW_ESCALATION):
        return []
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "person_id": person.id, "today": person.today}
    return [
        CalendarItem(one.key, TITLE, one.due_on, f"/escalations/{one.escalation_id}")
        for one in await fetch_all(session, DEADLINES, values)
    ]


CALENDAR = (CalendarSource(_deadlines),)
