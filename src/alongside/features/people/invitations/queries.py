"""Queries for invitations: one by its token or id, and the open ones."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.queries import hashed
from alongside.features.people.role_assignments import INVITED_BY_HEADS, SCHOOL_OR_GROUP
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all, fetch_one

LONGEST_TOKEN = 100
COLUMNS = f"""
    SELECT a.id, a.name, a.email, a.role, a.school_urn, a.consortium_id, {SCHOOL_OR_GROUP} AS place, a.organisation,
           a.invited_at, a.expires_at, a.expires_at <= now() AS over, by.name AS invited_by_name
      FROM invitation a
      LEFT JOIN school s ON s.authority_id = a.authority_id AND s.urn = a.school_urn
      LEFT JOIN consortium c ON c.authority_id = a.authority_id AND c.id = a.consortium_id
      LEFT JOIN person by ON by.authority_id = a.authority_id AND by.id = a.invited_by
     WHERE a.authority_id = :authority_id AND a.used_at IS NULL AND a.withdrawn_at IS NULL
"""  # noqa: S608  (only our own constants are put in)


class OpenInvitation(msgspec.Struct, frozen=True):
    """An invitation that is neither used nor withdrawn; `over` once it has expired.

    `school_or_consortium` is the name of the role's school, consortium, trust or diocese.
    """

    id: UUID
    name: str
    email: str
    role: str
    school_urn: int | None
    consortium_id: UUID | None
    school_or_consortium: str | None
    organisation: str | None
    invited_at: datetime
    expires_at: datetime
    over: bool
    invited_by_name: str | None


BY_TOKEN = Read(text(f"{COLUMNS} AND a.token_hash = :token_hash AND a.expires_at > now()"), OpenInvitation)
BY_ID = Read(text(f"{COLUMNS} AND a.id = :invitation_id"), OpenInvitation)
WAITING = Read(
    text(
        f"{COLUMNS} AND (CAST(:urn AS integer) IS NULL OR (a.school_urn = :urn AND a.role = ANY(:roles)))"
        " ORDER BY a.invited_at DESC, a.id LIMIT 100"
    ).bindparams(bindparam("roles", [one.value for one in INVITED_BY_HEADS], type_=ARRAY(Text))),
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
    """All invitations that are neither used nor withdrawn; with a URN, only those that its headteacher sent."""
    values = {"authority_id": person.authority_id, "urn": urn}
    return await fetch_all(session, WAITING, values)
