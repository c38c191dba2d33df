"""Queries of calendar feeds: the feed of a person, and the items of all their roles."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import Integer, Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.calendar_feeds.models import CalendarFeed
from alongside.features.people.queries import principals_of_person
from alongside.platform.access.principal import Principal
from alongside.platform.calendar_items import CalendarItem, CalendarSource
from alongside.platform.database.reads import Read, fetch_one
from alongside.platform.feature import installed_features


class FeedRow(msgspec.Struct, frozen=True):
    """A person's feed."""

    id: UUID
    person_id: UUID
    made_at: datetime


_FEED = select(CalendarFeed.id, CalendarFeed.person_id, CalendarFeed.made_at).where(
    CalendarFeed.authority_id == bindparam("authority_id", type_=Integer)
)
BY_ID = Read(_FEED.where(CalendarFeed.id == bindparam("feed_id", type_=Uuid)), FeedRow)
OF_PERSON = Read(_FEED.where(CalendarFeed.person_id == bindparam("person_id", type_=Uuid)), FeedRow)


async def feed_of(session: AsyncSession, person: Principal) -> FeedRow | None:
    """Return the feed of this person, if they have one."""
    values = {"authority_id": person.authority_id, "person_id": person.id}
    return await fetch_one(session, OF_PERSON, values)


async def owners_of_feed(
    session: AsyncSession, authority_id: int, feed_id: UUID, today: date
) -> list[Principal]:
    """Return the person of a feed in each of their roles today; none for a stopped feed or a person who has left."""
    feed = await fetch_one(session, BY_ID, {"authority_id": authority_id, "feed_id": feed_id})
    if feed is None:
        return []
    return await principals_of_person(session, authority_id, feed.person_id, today)


async def calendar_items(session: AsyncSession, people: list[Principal]) -> list[CalendarItem]:
    """Return the coming items of a person in all their roles, each once, by day."""
    found: dict[str, CalendarItem] = {}
    for person in people:
        for feature in installed_features():
            for source in feature.load(feature.calendar, CalendarSource):
                for item in await source.items(session, person):
                    found.setdefault(item.key, item)
    return sorted(found.values(), key=lambda one: (one.day, one.key))
