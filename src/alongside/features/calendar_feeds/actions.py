"""Commands on calendar feeds: make, renew and stop the link."""

from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.calendar_feeds.models import CalendarFeed
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit


async def make_feed(session: AsyncSession, person: Principal) -> UUID:
    """Make a link to this person's calendar; an earlier one works no more. Returns its id."""
    await _delete(session, person)
    made = await session.execute(
        insert(CalendarFeed)
        .values(authority_id=person.authority_id, person_id=person.id)
        .returning(CalendarFeed.id)
    )
    await record_audit(session, person, "make_calendar_feed", "person", str(person.id))
    return made.scalar_one()


async def stop_feed(session: AsyncSession, person: Principal) -> bool:
    """Stop the link of this person. Returns whether there was one."""
    stopped = await _delete(session, person)
    if stopped:
        await record_audit(session, person, "stop_calendar_feed", "person", str(person.id))
    return stopped


async def _delete(session: AsyncSession, person: Principal) -> bool:
    gone = await session.execute(
        delete(CalendarFeed)
        .where(CalendarFeed.authority_id == person.authority_id, CalendarFeed.person_id == person.id)
        .returning(CalendarFeed.id)
    )
    return gone.first() is not None
