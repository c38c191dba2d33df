"""Taking entries in: all of a file’s new rows or, on any error, none."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.directory.actions import keep_version
from alongside.directory.exchange.fates import NEW, Fate
from alongside.directory.forms import COLUMNS
from alongside.directory.model import TAKE_IN, DirectoryEntry
from alongside.journal.actions import write_journal


async def take_in(session: AsyncSession, person: Person, fates: Iterable[Fate]) -> list[UUID]:
    """Put the new rows into the directory, as verified by the authority that brings them; their ids.

    That this person may (KEEP_RESOURCES) is assumed checked. What comes with a school belongs to it from then on. The
    evidence is as the file says, and falls due for review like any other.
    """
    settings, made = settings_of(person.authority_id).directory, []
    for fate in fates:
        if fate.what != NEW:
            continue
        values = dict(fate.columns) | {
            "authority_id": person.authority_id,
            "state": TAKE_IN.end,
            "verified_by": person.id,
            "verified_edition": 1,
            "reviewed_on": person.today,
            "review_due_on": person.today + timedelta(days=settings.review_good_for_days),
            "shown_to_all_from": None if fate.columns["visibility"] == "consortium" else person.today,
            "claimed_level": fate.columns["checked_level"],
            "listed_at": func.now(),
        }
        if fate.columns["kind"] == "work_in_progress":
            values["convert_by_on"] = person.today + timedelta(days=settings.work_in_progress_days)
        added = await session.execute(insert(DirectoryEntry).values(values).returning(DirectoryEntry.id))
        entry_id: UUID = added.scalar_one()
        written = {name: values[name] for name in COLUMNS if name in values}
        await keep_version(session, person, entry_id, 1, written)
        schools = (fate.columns["school_urn"],)
        await write_journal(session, person, TAKE_IN.verb, "directory_entry", entry_id, schools=schools)
        made.append(entry_id)
    return made
