"""Queries for sign-in: the person of an identity, the status of a school, a session that just ended."""

from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.queries import hashed
from alongside.features.people.sign_in.claims import Identified
from alongside.platform.database.reads import Read, fetch_one

KNOWN = text(
    """
    SELECT person_id FROM identity
     WHERE authority_id = :authority_id AND issuer = :issuer AND subject = :subject
    """
)

EMAIL = text("SELECT email FROM person WHERE authority_id = :authority_id AND id = :person_id")

SCHOOL = text("SELECT status FROM school WHERE authority_id = :authority_id AND urn = :urn")


class EndedSession(msgspec.Struct, frozen=True):
    """A session that has ended, with the encrypted ID token of its sign-in."""

    issuer: str
    id_token: str


ENDED = Read(
    text(
        """
    SELECT issuer, id_token FROM user_session
     WHERE authority_id = :authority_id AND token_hash = :token_hash AND id_token IS NOT NULL
       AND ended_at > now() - interval '2 minutes'
    """
    ),
    EndedSession,
)


async def person_of_identity(session: AsyncSession, authority_id: int, who: Identified) -> UUID | None:
    """The id of the person with this identity (issuer and subject); None when there is none."""
    values = {"authority_id": authority_id, "issuer": who.issuer, "subject": who.subject}
    return (await session.execute(KNOWN, values)).scalar_one_or_none()


async def email_of_person(session: AsyncSession, authority_id: int, person_id: UUID) -> str | None:
    """The email address of a person; None if unknown."""
    values = {"authority_id": authority_id, "person_id": person_id}
    return (await session.execute(EMAIL, values)).scalar_one_or_none() or None


async def status_of_school(session: AsyncSession, authority_id: int, urn: int) -> str | None:
    """The status of a school in the register; None when it is not a school of this authority."""
    values = {"authority_id": authority_id, "urn": urn}
    return (await session.execute(SCHOOL, values)).scalar_one_or_none()


async def just_ended(session: AsyncSession, authority_id: int, token: str) -> EndedSession | None:
    """A session with an ID token that ended in the last two minutes, for signing out at the provider."""
    values = {"authority_id": authority_id, "token_hash": hashed(token)}
    return await fetch_one(session, ENDED, values)
