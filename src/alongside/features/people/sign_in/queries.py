"""Reading what signing in must know: whose identity this is, whether a school is open, whether an invitation holds."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.queries import hashed
from alongside.features.people.sign_in.claims import Identified

KNOWN = text(
    """
    SELECT person_id FROM identity
     WHERE authority_id = :authority_id AND issuer = :issuer AND subject = :subject
    """
)

EMAIL = text("SELECT email FROM person WHERE authority_id = :authority_id AND id = :person_id")

SCHOOL = text("SELECT status FROM school WHERE authority_id = :authority_id AND urn = :urn")

ENDED = text(
    """
    SELECT issuer, id_token FROM user_session
     WHERE authority_id = :authority_id AND token_hash = :token_hash AND id_token IS NOT NULL
       AND ended_at > now() - interval '2 minutes'
    """
)


async def person_of_identity(session: AsyncSession, authority_id: int, who: Identified) -> UUID | None:
    """The person that this authority knows by an identity: by issuer and subject, and by nothing else."""
    values = {"authority_id": authority_id, "issuer": who.issuer, "subject": who.subject}
    return (await session.execute(KNOWN, values)).scalar_one_or_none()


async def email_of_person(session: AsyncSession, authority_id: int, person_id: UUID) -> str | None:
    """Where somebody is written to; None where that is not known."""
    values = {"authority_id": authority_id, "person_id": person_id}
    return (await session.execute(EMAIL, values)).scalar_one_or_none() or None


async def status_of_school(session: AsyncSession, authority_id: int, urn: int) -> str | None:
    """Whether a school of this authority is open in the register; None when it is not one of its schools."""
    values = {"authority_id": authority_id, "urn": urn}
    return (await session.execute(SCHOOL, values)).scalar_one_or_none()


async def just_ended(session: AsyncSession, authority_id: int, token: str) -> Row[Any] | None:
    """A session that was ended a moment ago and came from a provider, to sign out there too."""
    values = {"authority_id": authority_id, "token_hash": hashed(token)}
    return (await session.execute(ENDED, values)).one_or_none()
