"""Notifications about visit requests: each speaks to the school that reads it."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.queries import ids, people_of_schools
from alongside.features.visit_requests.request import RequestedVisit
from alongside.platform.access.principal import Principal
from alongside.platform.notifications import notify

COMPLETE = ("visit_asked", "visit_dates_offered", "visit_reminder", "visit_withdrawn")
"""The kinds whose text says itself what the school must do and by when, or that it need not answer."""


async def tell_school(
    session: AsyncSession, person: Principal, row: RequestedVisit, urn: int, kind: str, text: str
) -> None:
    """Notify the people who act for one school of the request."""
    people = await people_of_schools(session, person.authority_id, person.today, [urn])
    once = f"{kind}:{row.id}:{urn}:{row.version}"
    await notify(
        session,
        person,
        ids(people),
        kind,
        text,
        f"/visit-requests/{row.id}",
        once=once,
        asks=kind in COMPLETE,
    )


async def tell_other_school(
    session: AsyncSession, person: Principal, row: RequestedVisit, kind: str, text: str
) -> None:
    """Notify the school for which this person does not act."""
    urn = row.requesting_urn if person.school_urn == row.supporting_urn else row.supporting_urn
    await tell_school(session, person, row, urn, kind, text)
