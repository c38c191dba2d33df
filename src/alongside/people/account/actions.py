"""What somebody changes about themselves."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.errors import NotThere
from alongside.journal.actions import write_journal
from alongside.people import sessions
from alongside.people.appointments import appointment_in_force, role_in_words
from alongside.people.model import PersonRow


async def turn_to_role(session: AsyncSession, person: Person, appointment_id: UUID) -> tuple[str, str]:
    """Act in another of one's own roles: the token of the new session, and the role in words.

    Raises NotThere for a role that is another's, or is over.
    """
    role = await appointment_in_force(session, person, appointment_id)
    if role is None or role.person_id != person.id:
        raise NotThere
    token = await sessions.turn_session(session, person, appointment_id)
    await write_journal(session, person, "turn_to_role", "appointment", appointment_id)
    return token, role_in_words(role)


async def choose_mail(session: AsyncSession, person: Person, choice: str) -> None:
    """Have mail at once, daily or not at all."""
    await session.execute(
        update(PersonRow)
        .where(PersonRow.authority_id == person.authority_id, PersonRow.id == person.id)
        .values(mail_choice=choice)
    )


async def end_browser(session: AsyncSession, person: Person, session_id: UUID) -> bool:
    """Sign one of one's own browsers out; whether there was such a one."""
    ended = await sessions.end_session(session, person, session_id)
    if ended:
        await write_journal(session, person, "end_session", "person", str(person.id))
    return ended


async def end_other_browsers(session: AsyncSession, person: Person) -> None:
    """Sign all one's browsers out but the present one."""
    await sessions.end_other_sessions(session, person)
    await write_journal(session, person, "end_other_sessions", "person", str(person.id))
