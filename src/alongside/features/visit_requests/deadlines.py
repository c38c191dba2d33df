"""Deadlines of visit requests, in school days of the school that must answer."""

from datetime import date
from typing import TypedDict

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.authorities import settings_of
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.features.visit_requests.request import RequestedVisit, is_late
from alongside.platform.access.principal import Principal
from alongside.platform.school_calendar.calendar import add_school_days
from alongside.platform.web.formatting import format_weekday


class Deadline(TypedDict):
    """The columns of a period in which one school must answer."""

    respond_by: date
    respond_from: date
    respond_days: int


async def deadline_columns(session: AsyncSession, person: Principal, urn: int) -> Deadline:
    """Return the columns of a period that starts today, for the school that must answer."""
    days = settings_of(person.authority_id).periods.visit_request_due
    calendar = await calendar_of_school(session, person.authority_id, urn)
    until = add_school_days(calendar, person.today, days)
    return {"respond_by": until, "respond_from": person.today, "respond_days": days}


def refuse_late(person: Principal, row: RequestedVisit) -> None:
    """Refuse an answer after the last day. Raises ActionRefused; a trigger refuses it too."""
    if is_late(person, row):
        raise ActionRefused(
            f"The last day to answer was {format_weekday(row.respond_by)}, so this request has ended. "
            f"{row.requesting_name} can ask again.",
            row.state,
        )
