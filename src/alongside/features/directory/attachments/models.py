"""Tables of an entry's pictures, shown on its page, and attachments, which are only ever downloaded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.uploads.file_types import LARGEST_DOCUMENT

PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp")
MOST_PICTURES = 8
MOST_ATTACHMENTS = 8


class EntryPicture(AuthorityOwned, Base):
    """A picture re-encoded from the upload: without metadata, and of limited size.

    `alternative_text` describes it for people who cannot see it. `edition` is the version of the entry's text with
    which it was added.
    """

    __tablename__ = "entry_picture"
    __table_args__ = (
        reference("entry_id", "directory_entry"),
        reference("added_by", "person"),
        CheckConstraint(
            "alternative_text ~ '[[:alnum:]]' AND char_length(alternative_text) <= 300", name="alt"
        ),
        CheckConstraint(one_of("media_type", PICTURE_TYPES), name="media_type"),
        CheckConstraint("width BETWEEN 1 AND 2400 AND height BETWEEN 1 AND 2400", name="pixels"),
        CheckConstraint("octet_length(body) BETWEEN 1 AND 2000000", name="size"),
        Index(None, "authority_id", "entry_id", "id"),
    )

    entry_id: Mapped[UUID]
    edition: Mapped[int]
    alternative_text: Mapped[str]
    media_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime] = created_at()


class EntryAttachment(AuthorityOwned, Base):
    """A file that others need to do the same, stored as uploaded. `media_type` is detected from its content."""

    __tablename__ = "entry_attachment"
    __table_args__ = (
        reference("entry_id", "directory_entry"),
        reference("added_by", "person"),
        CheckConstraint("char_length(filename) BETWEEN 1 AND 120", name="filename"),
        CheckConstraint(
            f"octet_length(body) BETWEEN 1 AND {LARGEST_DOCUMENT} AND size = octet_length(body)", name="size"
        ),
        Index(None, "authority_id", "entry_id", "id"),
    )

    entry_id: Mapped[UUID]
    edition: Mapped[int]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime] = created_at()
