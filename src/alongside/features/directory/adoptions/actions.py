"""Commands by which a school records that it uses an entry, updates how it went, or ends the use."""

from uuid import UUID

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.directory import queries
from alongside.features.directory.adoptions.models import EntryAdoption
from alongside.features.directory.models import LISTED
from alongside.features.people.queries import ids, people_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.notifications import notify


async def adopt_entry(
    session: AsyncSession, person: Principal, entry_id: UUID, worked: str, notes: str
) -> None:
    """Record that the person's school uses an entry and whether it `worked` (yes, partly, no, too_early).

    PostgreSQL counts the answer and recalculates the evidence level by the rule in `evidence.py`. Raises ActionRefused
    for the entry's own schools and for an entry that is not listed.
    """
    entry = await queries.get_entry(session, person, Permission.ADOPT_ENTRY, entry_id)
    if person.school_urn in (entry.school_urn, entry.partner_urn):
        raise ActionRefused(
            "This is your own school’s entry: others say whether it works for them.", entry.state
        )
    if entry.state not in LISTED:
        raise ActionRefused("This is not in the directory now.", entry.state)
    said = {"worked": worked, "notes": notes, "said_by": person.id, "said_at": func.now()}
    await session.execute(
        insert(EntryAdoption)
        .values(authority_id=person.authority_id, entry_id=entry.id, school_urn=person.school_urn, **said)
        .on_conflict_do_update(index_elements=["authority_id", "entry_id", "school_urn"], set_=said)
    )
    await record_audit(
        session,
        person,
        "adopt_entry",
        "directory_entry",
        entry.id,
        schools=(entry.school_urn, person.school_urn),
    )
    urns = [urn for urn in (entry.school_urn, entry.partner_urn) if urn is not None]
    people = await people_of_schools(session, person.authority_id, person.today, urns)
    once = f"entry_used:{entry.id}:{person.school_urn}:{worked}"
    text = "Another school has said how it uses your entry of the directory."
    await notify(session, person, ids(people), "entry_used", text, f"/directory/{entry.id}", once=once)


async def end_use(session: AsyncSession, person: Principal, entry_id: UUID) -> None:
    """Delete the record that the person's school uses an entry. Its answer no longer counts."""
    entry = await queries.get_entry(session, person, Permission.ADOPT_ENTRY, entry_id)
    await session.execute(
        delete(EntryAdoption).where(
            EntryAdoption.authority_id == person.authority_id,
            EntryAdoption.entry_id == entry.id,
            EntryAdoption.school_urn == person.school_urn,
        )
    )
    await record_audit(session, person, "end_use", "directory_entry", entry.id, schools=(person.school_urn,))
