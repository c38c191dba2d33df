"""SELECTs for a person's subscriptions, and for new entries in them that the person may see."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Date, DateTime, bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.models import LISTED
from alongside.features.directory.subscriptions.models import Subscription
from alongside.platform.access.permissions import ROLE_PERMISSIONS, Permission, Scope
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all

MOST = 100
"""Most subscriptions of one person."""


class Followed(msgspec.Struct, frozen=True):
    """A subscription of a kind (theme, school or search) to a subject, with its name."""

    id: UUID
    kind: str
    subject: str
    name: str
    since: datetime


class NewEntries(msgspec.Struct, frozen=True):
    """A subscription to a theme or school, and the number of new entries that its person may see."""

    id: UUID
    person_id: UUID
    kind: str
    subject: str
    name: str
    number: int


MINE = Read(
    select(Subscription.id, Subscription.kind, Subscription.subject, Subscription.name, Subscription.since)
    .where(
        Subscription.authority_id == bindparam("authority_id"),
        Subscription.person_id == bindparam("person_id"),
    )
    .order_by(Subscription.kind, Subscription.name, Subscription.id)
    .limit(literal_column(str(MOST))),
    Followed,
)

SEEING = tuple(sorted(role.value for role in ROLE_PERMISSIONS[Permission.VIEW_ENTRY]))
SEEING_ALL = tuple(
    sorted(
        role.value
        for role, granted in ROLE_PERMISSIONS[Permission.VIEW_ENTRY].items()
        if granted.scope is Scope.AUTHORITY
    )
)

NEW_ENTRIES = Read(
    text(
        f"""
    WITH followed AS MATERIALIZED (
        SELECT f.id, f.person_id, f.kind, f.subject, f.name, f.notified_until FROM directory_subscription f
         WHERE f.authority_id = :authority_id AND f.kind <> 'search' AND f.notified_until < :until
         ORDER BY f.notified_until, f.id LIMIT 200 FOR UPDATE SKIP LOCKED
    ), held AS (
        SELECT a.person_id, a.role, a.school_urn, coalesce(a.consortium_id, m.consortium_id) AS consortium_id
          FROM role_assignment a
          LEFT JOIN consortium_membership m ON m.authority_id = :authority_id AND m.school_urn = a.school_urn
           AND m.starts_on <= :today AND (m.ends_on IS NULL OR m.ends_on > :today)
         WHERE a.authority_id = :authority_id AND a.role IN {SEEING}
           AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
    )
    SELECT followed.id, followed.person_id, followed.kind, followed.subject, followed.name,
           count(DISTINCT e.id) AS number
      FROM followed
      LEFT JOIN directory_entry e ON e.authority_id = :authority_id AND e.state IN {LISTED}
       AND e.listed_at > followed.notified_until AND e.listed_at <= :until
       AND (followed.kind = 'theme' AND followed.subject = ANY (e.themes)
            OR followed.kind = 'school' AND followed.subject = CAST(e.school_urn AS text))
       AND EXISTS (
            SELECT FROM held WHERE held.person_id = followed.person_id
               AND (e.visible_to_authority_from <= :today OR held.role IN {SEEING_ALL} OR held.school_urn = e.school_urn
                    OR held.school_urn = e.partner_urn
                    OR EXISTS (SELECT FROM consortium_membership m WHERE m.authority_id = :authority_id
                        AND m.consortium_id = held.consortium_id AND m.school_urn IN (e.school_urn, e.partner_urn)
                        AND m.starts_on <= :today AND (m.ends_on IS NULL OR m.ends_on > :today))))
     GROUP BY followed.id, followed.person_id, followed.kind, followed.subject, followed.name
    """  # noqa: S608  (constant roles and states)
    ).bindparams(bindparam("today", type_=Date), bindparam("until", type_=DateTime(timezone=True))),
    NewEntries,
)
"""For each of 200 subscriptions without a notification yet: the number of new entries that its person may see.

The scope is that of VIEW_ENTRY for the roles they hold today; a test compares it with the row policy.
"""


async def followed_by(session: AsyncSession, person: Principal) -> list[Followed]:
    """The person's subscriptions and saved searches."""
    values = {"authority_id": person.authority_id, "person_id": person.id}
    return await fetch_all(session, MINE, values)


async def new_entries_followed(session: AsyncSession, person: Principal, until: datetime) -> list[NewEntries]:
    """New entries in subscriptions up to a moment; the rows are locked until the transaction ends."""
    values = {"authority_id": person.authority_id, "today": person.today, "until": until}
    return await fetch_all(session, NEW_ENTRIES, values)
