"""Signing somebody in, however they were recognised."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.journal.actions import write_journal
from alongside.people.queries import person_of_session
from alongside.people.sessions import begin_session


async def sign_in(
    session: AsyncSession,
    visitor: Person,
    appointment: Row[Any],
    *,
    issuer: str,
    device: str,
    begun_by: bytes | None = None,
    id_token: str | None = None,
) -> str:
    """Begin a session in a role that is in force, and write it into the journal; the token for the cookie."""
    token = await begin_session(
        session,
        visitor.authority_id,
        appointment.person_id,
        appointment.id,
        issuer=issuer,
        device=device,
        begun_by=begun_by,
        id_token=id_token,
    )
    person = await person_of_session(session, visitor.authority_id, token, visitor.today)
    await write_journal(session, person, "sign_in", "person", appointment.person_id, note=device)
    return token
