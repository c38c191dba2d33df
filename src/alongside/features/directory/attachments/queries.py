"""SELECTs for the pictures and attachments of an entry, with or without their content."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.directory.attachments.models import EntryAttachment, EntryPicture
from alongside.platform.access.principal import Principal

PICTURES: Any = (
    select(
        EntryPicture.id,
        EntryPicture.alternative_text,
        EntryPicture.width,
        EntryPicture.height,
        EntryPicture.edition,
    )
    .where(
        EntryPicture.authority_id == bindparam("authority_id"), EntryPicture.entry_id == bindparam("entry_id")
    )
    .order_by(EntryPicture.id)
)
ATTACHMENTS: Any = (
    select(EntryAttachment.id, EntryAttachment.filename, EntryAttachment.size, EntryAttachment.edition)
    .where(
        EntryAttachment.authority_id == bindparam("authority_id"),
        EntryAttachment.entry_id == bindparam("entry_id"),
    )
    .order_by(EntryAttachment.id)
)
ONE_PICTURE = PICTURES.add_columns(EntryPicture.media_type, EntryPicture.body).where(
    EntryPicture.id == bindparam("attachment_id")
)
ONE_ATTACHMENT = ATTACHMENTS.add_columns(EntryAttachment.media_type, EntryAttachment.body).where(
    EntryAttachment.id == bindparam("attachment_id")
)


async def pictures_of(session: AsyncSession, authority_id: int, entry: Any) -> Sequence[Row[Any]]:
    """The pictures of an entry in the order in which they were added, without their content.

    For a public entry, only those added with the published version of the text.
    """
    return await _all_of(session, PICTURES, authority_id, entry)


async def attachments_of(session: AsyncSession, authority_id: int, entry: Any) -> Sequence[Row[Any]]:
    """The attachments of an entry, by the same rules as its pictures."""
    return await _all_of(session, ATTACHMENTS, authority_id, entry)


async def get_picture(session: AsyncSession, person: Principal, entry: Any, picture_id: UUID) -> Row[Any]:
    """One picture of an entry with its content. Raises NotFound."""
    return await _one_of(session, ONE_PICTURE, person.authority_id, entry, picture_id)


async def get_attachment(
    session: AsyncSession, person: Principal, entry: Any, attachment_id: UUID
) -> Row[Any]:
    """One attachment of an entry with its content. Raises NotFound."""
    return await _one_of(session, ONE_ATTACHMENT, person.authority_id, entry, attachment_id)


async def _all_of(session: AsyncSession, statement: Any, authority_id: int, entry: Any) -> list[Row[Any]]:
    values = {"authority_id": authority_id, "entry_id": entry.id}
    found = (await session.execute(statement, values)).all()
    return [one for one in found if one.edition <= entry.edition]


async def _one_of(
    session: AsyncSession, statement: Any, authority_id: int, entry: Any, attachment_id: UUID
) -> Row[Any]:
    values = {"authority_id": authority_id, "entry_id": entry.id, "attachment_id": attachment_id}
    found: Row[Any] | None = (await session.execute(statement, values)).one_or_none()
    if found is None or found.edition > entry.edition:
        raise NotFound
    return found
