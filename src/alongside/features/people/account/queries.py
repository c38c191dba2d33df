"""Queries for a user's own account."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.queries import IDLE_MINUTES
from alongside.platform.access.principal import Principal

ACCOUNT = text(
    "SELECT name, email, mail_choice, joined_at FROM person WHERE authority_id = :authority_id AND id = :person_id"
)

SESSIONS = text(
    f"""
    SELECT id, device, issuer, started_at, seen_at FROM user_session
     WHERE authority_id = :authority_id AND person_id = :person_id AND ended_at IS NULL
       AND expires_at > now() AND seen_at > now() - interval '{IDLE_MINUTES} minutes'
     ORDER BY seen_at DESC, id LIMIT 50
    """  # noqa: S608  (only our own constants are put in)
)


async def account_of(session: AsyncSession, person: Principal) -> Row[Any]:
    """The account row of this person."""
    values = {"authority_id": person.authority_id, "person_id": person.id}
    return (await session.execute(ACCOUNT, values)).one()


async def sessions_of(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """The active sessions of this person, most recent first, at most 50."""
    values = {"authority_id": person.authority_id, "person_id": person.id}
    return (await session.execute(SESSIONS, values)).all()
