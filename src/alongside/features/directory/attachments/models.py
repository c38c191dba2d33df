"""What goes with an entry: pictures, shown in place, and attachments, which are only ever downloaded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference

PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp")
MOST_PICTURES = 8
MOST_ATTACHMENTS = 8


class EntryPicture(AuthorityOwned, Base):
    """A picture as the product itself drew it anew from what was sent: without metadata, and of bounded size.

    `alternative_text` says what is on it, for those who cannot see it. `edition` is the text of the entry
    that it came with.
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
    """A file that somebody needs to do the same, as it was sent. `media_type` is what its content shows it to be."""

    __tablename__ = "entry_attachment"
    __table_args__ = (
        reference("entry_id", "directory_entry"),
        reference("added_by", "person"),
        CheckConstraint("char_length(filename) BETWEEN 1 AND 120", name="filename"),
        CheckConstraint(
            "octet_length(body) BETWEEN 1 AND 5000000 AND size = octet_length(body)", name="size"
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
