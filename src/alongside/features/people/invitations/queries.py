"""Queries for invitations: one by its token or id, and the open ones."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.queries import hashed
from alongside.platform.access.principal import Principal

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

BY_TOKEN = text(f"{COLUMNS} AND i.token_hash = :token_hash AND i.expires_at > now()")
BY_ID = text(f"{COLUMNS} AND i.id = :invitation_id")
WAITING = text(
    f"{COLUMNS} AND (CAST(:urn AS integer) IS NULL OR (i.school_urn = :urn AND i.role = 'delegate'))"
    " ORDER BY i.invited_at DESC, i.id LIMIT 100"
)


async def invitation_by_token(session: AsyncSession, authority_id: int, token: str) -> Row[Any] | None:
    """The valid invitation with this token; None when it is used, expired, withdrawn or of another authority."""
    values = {"authority_id": authority_id, "token_hash": hashed(token[:LONGEST_TOKEN])}
    return (await session.execute(BY_TOKEN, values)).one_or_none()


async def invitation(session: AsyncSession, person: Principal, invitation_id: UUID) -> Row[Any] | None:
    """An invitation that is neither used nor withdrawn; it may have expired."""
    values = {"authority_id": person.authority_id, "invitation_id": invitation_id}
    return (await session.execute(BY_ID, values)).one_or_none()


async def waiting_invitations(
    session: AsyncSession, person: Principal, urn: int | None
) -> Sequence[Row[Any]]:
    """All invitations that are neither used nor withdrawn; with a URN, only those of the school's delegates."""
    values = {"authority_id": person.authority_id, "urn": urn}
    return (await session.execute(WAITING, values)).all()
