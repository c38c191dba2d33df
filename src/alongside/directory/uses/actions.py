"""Saying that one's school uses an entry, and how it went; saying so again replaces what was said."""

from uuid import UUID

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.directory import queries
from alongside.directory.model import LISTED
from alongside.directory.use import EntryUse
from alongside.errors import Refused
from alongside.journal.actions import write_journal
from alongside.notifications import tell
from alongside.people.queries import ids, people_of_schools


async def use_entry(session: AsyncSession, person: Person, entry_id: UUID, worked: str, notes: str) -> None:
    """Say that this person's school uses an entry and whether it `worked` (yes, partly, no, too_early).

    PostgreSQL counts it and moves the evidence by the rule of `evidence.py`. Raises Refused for the entry's own
    schools and for what is not in the directory.
    """
    entry = await queries.entry_to(session, person, Permission.USE_ENTRY, entry_id)
    if person.school_urn in (entry.school_urn, entry.partner_urn):
        raise Refused("This is your own school’s entry: others say whether it works for them.", entry.state)
    if entry.state not in LISTED:
        raise Refused("This is not in the directory now.", entry.state)
    said = {"worked": worked, "notes": notes, "said_by": person.id, "said_at": func.now()}
    await session.execute(
        insert(EntryUse)
        .values(authority_id=person.authority_id, entry_id=entry.id, school_urn=person.school_urn, **said)
        .on_conflict_do_update(index_elements=["authority_id", "entry_id", "school_urn"], set_=said)
    )
    await write_journal(
        session,
        person,
        "use_entry",
        "directory_entry",
        entry.id,
        schools=(entry.school_urn, person.school_urn),
    )
    urns = [urn for urn in (entry.school_urn, entry.partner_urn) if urn is not None]
    people = await people_of_schools(session, person.authority_id, person.today, urns)
    once = f"entry_used:{entry.id}:{person.school_urn}:{worked}"
    text = "Another school has said how it uses your entry of the directory."
    await tell(session, person, ids(people), "entry_used", text, f"/directory/{entry.id}", once=once)


async def end_use(session: AsyncSession, person: Person, entry_id: UUID) -> None:
    """Take back that this person's school uses an entry; what was said no longer counts."""
    entry = await queries.entry_to(session, person, Permission.USE_ENTRY, entry_id)
    await session.execute(
        delete(EntryUse).where(
            EntryUse.authority_id == person.authority_id,
            EntryUse.entry_id == entry.id,
            EntryUse.school_urn == person.school_urn,
        )
    )
    await write_journal(session, person, "end_use", "directory_entry", entry.id, schools=(person.school_urn,))
