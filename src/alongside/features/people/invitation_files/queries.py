"""Queries of invitations from a file: addresses that are in use, and the invitations of a batch."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all


class KnownAddress(msgspec.Struct, frozen=True):
    """An address with a role at a place (URN or id of the consortium), held now or offered by an open invitation."""

    email: str
    role: str
    place: str


class SentInvitation(msgspec.Struct, frozen=True):
    """An invitation of a batch, and what became of it: accepted, withdrawn, or how its email is doing."""

    name: str
    email: str
    role: str
    place: str | None
    invited_at: datetime
    accepted_at: datetime | None
    withdrawn: bool
    mail_state: str | None


KNOWN = Read(
    text(
        """
    SELECT p.email, a.role, coalesce(a.school_urn::text, a.consortium_id::text, '')
      FROM role_assignment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
     WHERE a.authority_id = :authority_id AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
    UNION
    SELECT i.email, i.role, coalesce(i.school_urn::text, i.consortium_id::text, '')
      FROM invitation i
     WHERE i.authority_id = :authority_id AND i.used_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > now()
    """
    ),
    KnownAddress,
)
OF_BATCH = Read(
    text(
        """
    SELECT i.name, i.email, i.role, coalesce(s.name, c.name), i.invited_at, i.used_at, i.withdrawn_at IS NOT NULL,
           (SELECT m.state FROM email_outbox m
             WHERE m.authority_id = :authority_id AND m.message_id = 'invitation-' || i.id)
      FROM invitation i
      LEFT JOIN school s ON s.authority_id = i.authority_id AND s.urn = i.school_urn
      LEFT JOIN consortium c ON c.authority_id = i.authority_id AND c.id = i.consortium_id
     WHERE i.authority_id = :authority_id AND i.batch_id = :batch_id
     ORDER BY lower(i.name), i.id
     LIMIT 1000
    """
    ),
    SentInvitation,
)


async def known_addresses(session: AsyncSession, person: Principal) -> list[KnownAddress]:
    """The addresses of people with a role or an open invitation."""
    return await fetch_all(session, KNOWN, {"authority_id": person.authority_id, "today": person.today})


async def invitations_of_batch(
    session: AsyncSession, person: Principal, batch_id: UUID
) -> list[SentInvitation]:
    """The invitations that were sent together. Raises NotFound for an unknown batch."""
    values = {"authority_id": person.authority_id, "batch_id": batch_id}
    found = await fetch_all(session, OF_BATCH, values)
    if not found:
        raise NotFound
    return found
