"""The table of an entry's versions: each is kept, and any two can be compared."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import AuthorityKeyed, Base, created_at, reference


class EntryVersion(AuthorityKeyed, Base):
    """One version of an entry's text, as {column: value}, and its author. Never changed, never deleted."""

    __tablename__ = "entry_version"
    __table_args__ = (
        reference("entry_id", "directory_entry"),
        reference("written_by", "person"),
        {"info": {"append_only": True}},
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    written: Mapped[dict[str, object]] = mapped_column(JSONB)
    written_by: Mapped[UUID | None]
    written_at: Mapped[datetime] = created_at()
