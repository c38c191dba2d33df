"""Queries for a user's own account."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.queries import IDLE_MINUTES
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all


class Account(msgspec.Struct, frozen=True):
    """What a person's account holds."""

    name: str
    email: str
    mail_choice: str
    joined_at: datetime


class OpenSession(msgspec.Struct, frozen=True):
    """An active session of a person: the browser, who authenticated them, and when."""

    id: UUID
    device: str
    issuer: str
    started_at: datetime
    seen_at: datetime


ACCOUNT = Read(
    text(
        "SELECT name, email, mail_choice, joined_at FROM person WHERE authority_id = :authority_id AND id = :person_id"
    ),
    Account,
)

SESSIONS = Read(
    text(
        f"""
    SELECT id, device, issuer, started_at, seen_at FROM user_session
     WHERE authority_id = :authority_id AND person_id = :person_id AND ended_at IS NULL
       AND expires_at > now() AND seen_at > now() - interval '{IDLE_MINUTES} minutes'
     ORDER BY seen_at DESC, id LIMIT 50
    """  # noqa: S608  (only our own constants are put in)
    ),
    OpenSession,
)


async def account_of(session: AsyncSession, person: Principal) -> Account:
    """The account row of this person."""
    values = {"authority_id": person.authority_id, "person_id": person.id}
    (found,) = await fetch_all(session, ACCOUNT, values)
    return found


async def sessions_of(session: AsyncSession, person: Principal) -> list[OpenSession]:
    """The active sessions of this person, most recent first, at most 50."""
    values = {"authority_id": person.authority_id, "person_id": person.id}
    return await fetch_all(session, SESSIONS, values)
