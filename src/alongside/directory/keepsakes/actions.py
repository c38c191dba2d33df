"""Adding pictures and files to an entry, and taking them away."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.directory.actions import new_edition, refuse_fixed
from alongside.directory.keepsake import MOST_ATTACHMENTS, MOST_PICTURES, EntryAttachment, EntryPicture
from alongside.directory.keepsakes.drawing import Drawn
from alongside.directory.keepsakes.sorting import Sorted
from alongside.directory.queries import held_entry
from alongside.errors import NotThere, Refused
from alongside.journal.actions import write_journal


async def add_picture(
    session: AsyncSession, person: Person, entry_id: UUID, picture: Drawn, alternative_text: str
) -> None:
    """Put a picture to an entry; with it the entry has a new text. Raises Refused for one too many."""
    entry = await held_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    await _refuse_more(session, person, entry, EntryPicture, MOST_PICTURES)
    edition = await new_edition(session, person, entry)
    await session.execute(
        insert(EntryPicture).values(
            authority_id=person.authority_id,
            entry_id=entry.id,
            edition=edition,
            alternative_text=alternative_text,
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
            body=picture.body,
            added_by=person.id,
        )
    )


async def add_attachment(
    session: AsyncSession, person: Person, entry_id: UUID, known: Sorted, body: bytes
) -> None:
    """Put a file to an entry, in the same way."""
    entry = await held_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    await _refuse_more(session, person, entry, EntryAttachment, MOST_ATTACHMENTS)
    edition = await new_edition(session, person, entry)
    await session.execute(
        insert(EntryAttachment).values(
            authority_id=person.authority_id,
            entry_id=entry.id,
            edition=edition,
            filename=known.filename,
            media_type=known.media_type,
            size=len(body),
            body=body,
            added_by=person.id,
        )
    )


async def remove_keepsake(
    session: AsyncSession, person: Person, entry_id: UUID, kind: str, keepsake_id: UUID
) -> None:
    """Take a picture or file (`kind`) away from an entry, everywhere and for good. Raises NotThere."""
    entry = await held_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    refuse_fixed(entry)
    thing: Any = EntryPicture if kind == "pictures" else EntryAttachment
    gone = await session.execute(
        delete(thing)
        .where(thing.authority_id == person.authority_id, thing.entry_id == entry.id, thing.id == keepsake_id)
        .returning(thing.id)
    )
    if gone.first() is None:
        raise NotThere
    await write_journal(
        session, person, "remove_keepsake", "directory_entry", entry.id, schools=(entry.school_urn,)
    )


async def _refuse_more(session: AsyncSession, person: Person, entry: Any, thing: Any, most: int) -> None:
    number = await session.scalar(
        select(func.count()).where(thing.authority_id == person.authority_id, thing.entry_id == entry.id)
    )
    if (number or 0) >= most:
        raise Refused(f"An entry has {most} of these at most. Take one away first.", entry.state)
