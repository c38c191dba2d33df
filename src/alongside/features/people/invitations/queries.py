"""Queries for invitations: one by its token or id, and the open ones."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.queries import hashed
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all, fetch_one

LONGEST_TOKEN = 100
COLUMNS = """
    SELECT i.id, i.name, i.email, i.role, i.school_urn, i.consortium_id, coalesce(s.name, c.name) AS place,
           i.invited_at, i.expires_at, i.expires_at <= now() AS over, by.name AS invited_by_name
      FROM invitation i
      LEFT JOIN school s ON s.authority_id = i.authority_id AND s.urn = i.school_urn
      LEFT JOIN consortium c ON c.authority_id = i.authority_id AND c.id = i.consortium_id
      LEFT JOIN person by ON by.authority_id = i.authority_id AND by.id = i.invited_by
     WHERE i.authority_id = :authority_id AND i.used_at IS NULL AND i.withdrawn_at IS NULL
"""


class OpenInvitation(msgspec.Struct, frozen=True):
    """An invitation that is neither used nor withdrawn; `over` once it has expired.

    `school_or_consortium` is the name of the role's school or consortium.
    """

    id: UUID
    name: str
    email: str
    role: str
    school_urn: int | None
    consortium_id: UUID | None
    school_or_consortium: str | None
    invited_at: datetime
    expires_at: datetime
    over: bool
    invited_by_name: str | None


BY_TOKEN = Read(text(f"{COLUMNS} AND i.token_hash = :token_hash AND i.expires_at > now()"), OpenInvitation)
BY_ID = Read(text(f"{COLUMNS} AND i.id = :invitation_id"), OpenInvitation)
WAITING = Read(
    text(
        f"{COLUMNS} AND (CAST(:urn AS integer) IS NULL OR (i.school_urn = :urn AND i.role = 'delegate'))"
        " ORDER BY i.invited_at DESC, i.id LIMIT 100"
    ),
    OpenInvitation,
)


async def invitation_by_token(session: AsyncSession, authority_id: int, token: str) -> OpenInvitation | None:
    """The valid invitation with this token; None when it is used, expired, withdrawn or of another authority."""
    values = {"authority_id": authority_id, "token_hash": hashed(token[:LONGEST_TOKEN])}
    return await fetch_one(session, BY_TOKEN, values)


async def invitation(session: AsyncSession, person: Principal, invitation_id: UUID) -> OpenInvitation | None:
    """An invitation that is neither used nor withdrawn; it may have expired."""
    values = {"authority_id": person.authority_id, "invitation_id": invitation_id}
    return await fetch_one(session, BY_ID, values)


async def waiting_invitations(
    session: AsyncSession, person: Principal, urn: int | None
) -> list[OpenInvitation]:
    """All invitations that are neither used nor withdrawn; with a URN, only those of the school's delegates."""
    values = {"authority_id": person.authority_id, "urn": urn}
    return await fetch_all(session, WAITING, values)
