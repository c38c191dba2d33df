"""Table of officers' notes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from alongside.features.escalations.access_policy import CORE
from alongside.platform.database.base import AuthorityOwned, Base, created_at, one_of, reference
from alongside.platform.database.requester_context import RowPolicy

WEIGHTS = {"fact": "Fact: I saw it or have it in writing", "opinion": "Opinion: my own view"}
"""The basis of a note. Source: domain §6.15: records can be requested, so opinions are marked."""


class OfficersNote(AuthorityOwned, Base):
    """A note that only the core team can read; it is never changed."""

    __tablename__ = "escalation_note"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("written_by", "person"),
        CheckConstraint(one_of("weight", WEIGHTS), name="weight"),
        CheckConstraint("char_length(words) BETWEEN 1 AND 4000", name="words"),
        Index(None, "authority_id", "escalation_id", "id"),
        {"info": {"record": True, "second_policy": RowPolicy(seen=CORE, changed="false")}},
    )

    escalation_id: Mapped[UUID]
    weight: Mapped[str]
    words: Mapped[str]
    written_by: Mapped[UUID]
    written_at: Mapped[datetime] = created_at()
