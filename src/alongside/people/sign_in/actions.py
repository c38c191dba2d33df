"""Signing somebody in, however they were recognised: by an identity, an invitation or their organisation."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person, Role
from alongside.errors import Refused
from alongside.journal.actions import write_journal
from alongside.people.appointments import appointment_in_force, roles_of_person
from alongside.people.invitations.actions import accept_invitation
from alongside.people.model import Appointment, Identity, PersonRow
from alongside.people.queries import person_of_session
from alongside.people.sessions import begin_session, end_session
from alongside.people.sign_in.claims import Identified
from alongside.people.sign_in.queries import email_of_person, person_of_identity
from alongside.people.sign_in.refusals import NotLetIn


@dataclass(frozen=True, slots=True)
class Browser:
    """In which browser somebody signs in: how it came here, what it is, and what is kept to sign out again."""

    issuer: str
    device: str
    begun_by: bytes | None = None
    id_token: str | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """A role that DfE Sign-in vouches for, at a school or (None) at the authority."""

    role: Role
    school_urn: int | None


async def sign_in(session: AsyncSession, visitor: Person, appointment: Row[Any], browser: Browser) -> str:
    """Begin a session in a role that is in force, and write it into the journal; the token for the cookie.

    Who was signed in in this browser no longer is: no session outlives a sign-in.
    """
    if visitor.signed_in:
        await end_session(session, visitor, visitor.session_id)
    token = await begin_session(
        session,
        visitor.authority_id,
        (appointment.person_id, appointment.id),
        browser.issuer,
        browser.device,
        begun_by=browser.begun_by,
        id_token=browser.id_token,
    )
    person = await person_of_session(session, visitor.authority_id, token, visitor.today)
    await write_journal(session, person, "sign_in", "person", appointment.person_id, note=browser.device)
    return token


async def recognise(
    session: AsyncSession,
    visitor: Person,
    who: Identified,
    *,
    invitation: str | None = None,
    granted: Granted | None = None,
) -> Row[Any]:
    """The role in which somebody whom their provider vouches for comes in; new people come to be known here.

    Raises NotLetIn when nobody here knows the identity and neither an invitation nor an organisation speaks for it.
    """
    person_id = await person_of_identity(session, visitor.authority_id, who)
    known = person_id is not None
    appointment_id = None
    if invitation is not None:
        person_id, appointment_id = await _invited(session, visitor, who, invitation, person_id)
    elif person_id is None and granted is not None:
        person_id = await _from_organisation(session, visitor, who, granted)
    elif person_id is None:
        raise NotLetIn("unknown")
    if not known:
        session.add(
            Identity(
                authority_id=visitor.authority_id, issuer=who.issuer, subject=who.subject, person_id=person_id
            )
        )
        await session.flush()
    if appointment_id is not None:
        role = await appointment_in_force(session, visitor, appointment_id)
    else:
        roles = await roles_of_person(session, visitor.authority_id, person_id, visitor.today)
        role = roles[0] if roles else None
    if role is None:
        raise NotLetIn("no_role")
    return role


async def _invited(
    session: AsyncSession, visitor: Person, who: Identified, token: str, person_id: UUID | None
) -> tuple[UUID, UUID]:
    email = who.email
    if email is None and person_id is not None:
        email = await email_of_person(session, visitor.authority_id, person_id)
    try:
        return await accept_invitation(session, visitor, token, person_id, email)
    except Refused as problem:
        another = problem.state == "another"
        raise NotLetIn("invitation_for_another" if another else "invitation_gone") from problem


async def _from_organisation(
    session: AsyncSession, visitor: Person, who: Identified, granted: Granted
) -> UUID:
    """Make somebody known whose place and role DfE Sign-in vouches for."""
    inside = {"authority_id": visitor.authority_id}
    person_id = uuid4()
    session.add(PersonRow(**inside, id=person_id, name=who.name or "Name not given", email=who.email or ""))
    await session.flush()
    made = Appointment(
        **inside,
        person_id=person_id,
        role=granted.role.value,
        school_urn=granted.school_urn,
        starts_on=visitor.today,
    )
    session.add(made)
    await session.flush()
    newcomer = Person(
        visitor.authority_id, role=granted.role, today=visitor.today, id=person_id, name=who.name
    )
    await write_journal(
        session,
        newcomer,
        "take_up_role",
        "appointment",
        made.id,
        schools=[granted.school_urn],
        note="by their organisation in DfE Sign-in",
    )
    return person_id
