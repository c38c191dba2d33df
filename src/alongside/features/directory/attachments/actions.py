"""Commands that add pictures and attachments to an entry and remove them."""

from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.directory.actions import new_edition, refuse_fixed
from alongside.features.directory.attachments.models import (
    MOST_ATTACHMENTS,
    MOST_PICTURES,
    EntryAttachment,
    EntryPicture,
)
from alongside.features.directory.entry import Entry
from alongside.features.directory.queries import lock_entry
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.uploads.file_types import CheckedFile
from alongside.platform.uploads.images import EncodedImage


async def add_picture(
    session: AsyncSession, person: Principal, entry_id: UUID, picture: EncodedImage, alternative_text: str
) -> None:
    """Add a picture to an entry, which creates a new version of its text. Raises ActionRefused above the limit."""
    entry = await lock_entry(session, person, Permission.WRITE_ENTRY, entry_id)
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
    session: AsyncSession, person: Principal, entry_id: UUID, known: CheckedFile, body: bytes
) -> None:
    """Add an attachment to an entry, with the same rules as a picture."""
    entry = await lock_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    await _refuse_more(session, person, entry, EntryAttachment, MOST_ATTACHMENTS)
    edition = await new_edition(session, person, entry)
    await session.execute(
        insert(EntryAttachment).values(
            authority_id=person.authority_id,
            entry_id=entry.id,
            edition=edition,
            filename=known.name,
            media_type=known.media_type,
            size=len(body),
            body=body,
            added_by=person.id,
        )
    )


async def remove_attachment_row(
    session: AsyncSession, person: Principal, entry_id: UUID, kind: str, attachment_id: UUID
) -> None:
    """Delete a picture or attachment (`kind`) from every version of an entry. Raises NotFound."""
    entry = await lock_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    refuse_fixed(entry)
    thing = EntryPicture if kind == "pictures" else EntryAttachment
    gone = await session.execute(
        delete(thing)
        .where(
            thing.authority_id == person.authority_id, thing.entry_id == entry.id, thing.id == attachment_id
        )
        .returning(thing.id)
    )
    if gone.first() is None:
        raise NotFound
    await record_audit(
        session, person, "remove_attachment", "directory_entry", entry.id, schools=(entry.school_urn,)
    )


async def _refuse_more(
    session: AsyncSession,
    person: Principal,
    entry: Entry,
    thing: type[EntryPicture | EntryAttachment],
    most: int,
) -> None:
    number = await session.scalar(
        select(func.count()).where(thing.authority_id == person.authority_id, thing.entry_id == entry.id)
    )
    if (number or 0) >= most:
        raise ActionRefused(f"An entry can have {most} of these at most. Remove one first.", entry.state)
