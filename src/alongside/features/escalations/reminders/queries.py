"""Queries of the people to remind, as roles are when a timer fires."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, bindparam, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.deadlines import REMINDED_OF
from alongside.features.escalations.reminders.models import Reminder
from alongside.platform.access.principal import Role
from alongside.platform.web.formatting import format_deadline

HOLDERS = text(
    """
    SELECT DISTINCT person_id FROM role_assignment
     WHERE authority_id = :authority_id AND role = ANY(:roles)
       AND starts_on <= :today AND (ends_on IS NULL OR ends_on > :today)
    """
).bindparams(bindparam("today", type_=Date))
COVERS = text(
    """
    SELECT cover_id FROM leave_cover
     WHERE authority_id = :authority_id AND away_id = :owner_id AND :today BETWEEN starts_on AND ends_on
    """
).bindparams(bindparam("today", type_=Date))
RECIPIENT_WORDS = {
    "owner_before": "The owner",
    "owner_on_the_day": "The owner",
    "core_team": "The core team",
    "head_of_service": "The head of service",
    "director": "The director",
}
REMINDERS: Any = (
    select(Reminder.deadline_kind, Reminder.step, Reminder.due_at, Reminder.at)
    .where(
        Reminder.authority_id == bindparam("authority_id"),
        Reminder.escalation_id == bindparam("escalation_id"),
        or_(Reminder.people_notified > 0, Reminder.step == "director"),
    )
    .order_by(Reminder.at.desc())
    .limit(200)
)


async def holders(session: AsyncSession, authority_id: int, today: date, *roles: Role) -> list[UUID]:
    """The people who hold one of these roles now."""
    values = {"authority_id": authority_id, "roles": [role.value for role in roles], "today": today}
    return list((await session.scalars(HOLDERS, values)).all())


async def covers(session: AsyncSession, authority_id: int, today: date, owner_id: UUID) -> list[UUID]:
    """Who covers for an officer who is away today."""
    values = {"authority_id": authority_id, "owner_id": owner_id, "today": today}
    return list((await session.scalars(COVERS, values)).all())


async def reminder_entries(
    session: AsyncSession, authority_id: int, escalation_id: UUID
) -> list[tuple[datetime, str, str]]:
    """The reminders sent in an escalation as text, newest first, at most 200."""
    found = await session.execute(REMINDERS, {"authority_id": authority_id, "escalation_id": escalation_id})
    return [
        (
            row.at,
            RECIPIENT_WORDS[row.step],
            f"was reminded: {REMINDED_OF[row.deadline_kind].lower()}, by {format_deadline(row.due_at)}",
        )
        for row in found
    ]
