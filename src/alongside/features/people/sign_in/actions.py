"""Sign a user in by their identity, an invitation or their organisation."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.people.invitations.actions import accept_invitation
from alongside.features.people.models import Identity, Person, RoleAssignment
from alongside.features.people.queries import person_of_session
from alongside.features.people.role_assignments import HeldRole, current_role_assignment, roles_of_person
from alongside.features.people.sessions import begin_session, end_session
from alongside.features.people.sign_in.claims import Identified
from alongside.features.people.sign_in.errors import SignInRefused
from alongside.features.people.sign_in.queries import email_of_person, person_of_identity
from alongside.platform.access.principal import Principal, Role
from alongside.platform.audit.actions import record_audit


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser of a sign-in: issuer, device description, and the ID token for signing out."""

    issuer: str
    device: str
    begun_by: bytes | None = None
    id_token: str | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """A role from DfE Sign-in, at a school or (None) at the authority."""

    role: Role
    school_urn: int | None


async def sign_in(
    session: AsyncSession, visitor: Principal, role_assignment: HeldRole, browser: Browser
) -> str:
    """Begin a session in a current role and record it in the audit log; returns the token for the cookie.

    An existing session of this browser ends.
    """
    if visitor.signed_in:
        await end_session(session, visitor, visitor.session_id)
    token = await begin_session(
        session,
        visitor.authority_id,
        (role_assignment.person_id, role_assignment.id),
        browser.issuer,
        browser.device,
        begun_by=browser.begun_by,
        id_token=browser.id_token,
    )
    person = await person_of_session(session, visitor.authority_id, token, visitor.today)
    await record_audit(session, person, "sign_in", "person", role_assignment.person_id, note=browser.device)
    return token


async def recognise(
    session: AsyncSession,
    visitor: Principal,
    who: Identified,
    *,
    invitation: str | None = None,
    granted: Granted | None = None,
) -> HeldRole:
    """The role assignment in which an authenticated user signs in; new users get a person and an identity.

    Raises SignInRefused when the identity is unknown and there is neither an invitation nor a granted role.
    """
    person_id = await person_of_identity(session, visitor.authority_id, who)
    known = person_id is not None
    role: HeldRole | None
    role_assignment_id = None
    if invitation is not None:
        person_id, role_assignment_id = await _invited(session, visitor, who, invitation, person_id)
    elif person_id is None and granted is not None:
        person_id = await _from_organisation(session, visitor, who, granted)
    elif person_id is None:
        raise SignInRefused("unknown")
    if not known:
        session.add(
            Identity(
                authority_id=visitor.authority_id, issuer=who.issuer, subject=who.subject, person_id=person_id
            )
        )
        await session.flush()
    if role_assignment_id is not None:
        role = await current_role_assignment(session, visitor, role_assignment_id)
    else:
        roles = await roles_of_person(session, visitor.authority_id, person_id, visitor.today)
        role = roles[0] if roles else None
    if role is None:
        raise SignInRefused("no_role")
    return role


async def _invited(
    session: AsyncSession, visitor: Principal, who: Identified, token: str, person_id: UUID | None
) -> tuple[UUID, UUID]:
    email = who.email
    if email is None and person_id is not None:
        email = await email_of_person(session, visitor.authority_id, person_id)
    try:
        return await accept_invitation(session, visitor, token, person_id, email)
    except ActionRefused as problem:
        another = problem.state == "another"
        raise SignInRefused("invitation_for_another" if another else "invitation_gone") from problem


async def _from_organisation(
    session: AsyncSession, visitor: Principal, who: Identified, granted: Granted
) -> UUID:
    """Create a person with the school and role from DfE Sign-in; returns the person's id."""
    inside = {"authority_id": visitor.authority_id}
    person_id = uuid4()
    session.add(Person(**inside, id=person_id, name=who.name or "Name not given", email=who.email or ""))
    await session.flush()
    made = RoleAssignment(
        **inside,
        person_id=person_id,
        role=granted.role.value,
        school_urn=granted.school_urn,
        starts_on=visitor.today,
    )
    session.add(made)
    await session.flush()
    newcomer = Principal(
        visitor.authority_id, role=granted.role, today=visitor.today, id=person_id, name=who.name
    )
    await record_audit(
        session,
        newcomer,
        "take_up_role",
        "role_assignment",
        made.id,
        schools=[granted.school_urn],
        note="by their organisation in DfE Sign-in",
    )
    return person_id
