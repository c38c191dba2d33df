"""Actions on a user's own account."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.people import sessions
from alongside.features.people.models import Person
from alongside.features.people.role_assignments import current_role_assignment, role_label
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit


async def switch_to_role(
    session: AsyncSession, person: Principal, role_assignment_id: UUID
) -> tuple[str, str]:
    """Switch to another role of this user: returns the token of the new session and the role's label.

    Raises NotFound for a role of another person or one that has ended.
    """
    role = await current_role_assignment(session, person, role_assignment_id)
    if role is None or role.person_id != person.id:
        raise NotFound
    token = await sessions.switch_role(session, person, role_assignment_id)
    await record_audit(session, person, "turn_to_role", "role_assignment", role_assignment_id)
    return token, role_label(role)


async def choose_mail(session: AsyncSession, person: Principal, choice: str) -> None:
    """Set the email preference: at_once, daily or none."""
    await session.execute(
        update(Person)
        .where(Person.authority_id == person.authority_id, Person.id == person.id)
        .values(mail_choice=choice)
    )


async def end_browser(session: AsyncSession, person: Principal, session_id: UUID) -> bool:
    """End one of this user's sessions; False when there is no such session."""
    ended = await sessions.end_session(session, person, session_id)
    if ended:
        await record_audit(session, person, "end_session", "person", str(person.id))
    return ended


async def end_other_browsers(session: AsyncSession, person: Principal) -> None:
    """End all of this user's sessions except the current one."""
    await sessions.end_other_sessions(session, person)
    await record_audit(session, person, "end_other_sessions", "person", str(person.id))
