"""Table of an escalation's attachments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from alongside.features.escalations.access_policy import of_escalation_row
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.uploads.file_types import DOCUMENTS_AND_PICTURES, LARGEST_DOCUMENT


class EscalationFile(AuthorityOwned, Base):
    """One attachment. Its type is detected from the content, not from the name; a removed one keeps only its
    row.
    """

    __tablename__ = "escalation_file"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("added_by", "person"),
        CheckConstraint(one_of("kind", DOCUMENTS_AND_PICTURES), name="kind"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 120", name="name"),
        CheckConstraint(f"size BETWEEN 1 AND {LARGEST_DOCUMENT}", name="size"),
        CheckConstraint("content IS NOT NULL OR removed_at IS NOT NULL", name="content"),
        Index(None, "authority_id", "escalation_id"),
        {"info": {"second_policy": of_escalation_row("escalation_file", for_school="for_school")}},
    )

    escalation_id: Mapped[UUID]
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    for_school: Mapped[bool] = mapped_column(server_default=text("false"))
    added_by: Mapped[UUID]
    added_at: Mapped[datetime] = created_at()
    removed_at: Mapped[datetime | None]
