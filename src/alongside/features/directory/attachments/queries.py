"""SELECTs for the pictures and attachments of an entry, with or without their content."""

from typing import Protocol
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.directory.attachments.models import EntryAttachment, EntryPicture
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all, fetch_one


class PublishedText(Protocol):
    """An entry, or its published text: what belongs to a later edition is not shown with it."""

    @property
    def id(self) -> UUID:
        """The id of the entry."""

    @property
    def edition(self) -> int:
        """The number of the text."""


class Picture(msgspec.Struct, frozen=True):
    """A picture of an entry without its content; `edition` is the text with which it was added."""

    id: UUID
    alternative_text: str
    width: int
    height: int
    edition: int


class PictureFile(Picture, frozen=True):
    """The same with its content."""

    media_type: str
    body: bytes


class Attachment(msgspec.Struct, frozen=True):
    """A file of an entry without its content; `size` is in bytes."""

    id: UUID
    filename: str
    size: int
    edition: int


class AttachmentFile(Attachment, frozen=True):
    """The same with its content."""

    media_type: str
    body: bytes


_PICTURES = (
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
_ATTACHMENTS = (
    select(EntryAttachment.id, EntryAttachment.filename, EntryAttachment.size, EntryAttachment.edition)
    .where(
        EntryAttachment.authority_id == bindparam("authority_id"),
        EntryAttachment.entry_id == bindparam("entry_id"),
    )
    .order_by(EntryAttachment.id)
)
PICTURES = Read(_PICTURES, Picture)
ATTACHMENTS = Read(_ATTACHMENTS, Attachment)
ONE_PICTURE = Read(
    _PICTURES.add_columns(EntryPicture.media_type, EntryPicture.body).where(
        EntryPicture.id == bindparam("attachment_id")
    ),
    PictureFile,
)
ONE_ATTACHMENT = Read(
    _ATTACHMENTS.add_columns(EntryAttachment.media_type, EntryAttachment.body).where(
        EntryAttachment.id == bindparam("attachment_id")
    ),
    AttachmentFile,
)


async def pictures_of(session: AsyncSession, authority_id: int, entry: PublishedText) -> list[Picture]:
    """The pictures of an entry in the order in which they were added, without their content.

    For a public entry, only those added with the published version of the text.
    """
    found = await fetch_all(session, PICTURES, {"authority_id": authority_id, "entry_id": entry.id})
    return [one for one in found if one.edition <= entry.edition]


async def attachments_of(session: AsyncSession, authority_id: int, entry: PublishedText) -> list[Attachment]:
    """The attachments of an entry, by the same rules as its pictures."""
    found = await fetch_all(session, ATTACHMENTS, {"authority_id": authority_id, "entry_id": entry.id})
    return [one for one in found if one.edition <= entry.edition]


async def get_picture(
    session: AsyncSession, person: Principal, entry: PublishedText, picture_id: UUID
) -> PictureFile:
    """One picture of an entry with its content. Raises NotFound."""
    found = await fetch_one(session, ONE_PICTURE, _one(person, entry, picture_id))
    if found is None or found.edition > entry.edition:
        raise NotFound
    return found


async def get_attachment(
    session: AsyncSession, person: Principal, entry: PublishedText, attachment_id: UUID
) -> AttachmentFile:
    """One attachment of an entry with its content. Raises NotFound."""
    found = await fetch_one(session, ONE_ATTACHMENT, _one(person, entry, attachment_id))
    if found is None or found.edition > entry.edition:
        raise NotFound
    return found


def _one(person: Principal, entry: PublishedText, attachment_id: UUID) -> dict[str, object]:
    return {"authority_id": person.authority_id, "entry_id": entry.id, "attachment_id": attachment_id}
