"""Tables for access to an escalation: named readers, the access log, and who has it open."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.escalations.access_policy import CORE, OF_READERS
from alongside.platform.database.base import (
    AuthorityKeyed,
    AuthorityOwned,
    Base,
    created_at,
    one_of,
    reference,
)
from alongside.platform.database.requester_context import PERSON, RowPolicy

PARTS = ("escalation", "file", "pdf", "notes", "export")


class NamedReader(AuthorityOwned, Base):
    """A person who may read one escalation, usually a board member, with their seat; until `ended_at` is set."""

    __tablename__ = "escalation_reader"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("person_id", "person"),
        reference("named_by", "person"),
        Index(
            "uq_escalation_reader_live",
            "authority_id",
            "escalation_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("char_length(seat) BETWEEN 1 AND 120", name="seat"),
        {"info": {"second_policy": OF_READERS}},
    )

    escalation_id: Mapped[UUID]
    person_id: Mapped[UUID]
    seat: Mapped[str]
    named_by: Mapped[UUID]
    named_at: Mapped[datetime] = created_at()
    ended_at: Mapped[datetime | None]


class EscalationAccess(AuthorityOwned, Base):
    """One entry of the access log: a person read an escalation or a part of it.

    The reader's own transaction inserts it, only the core team can select it, and it is never changed or
    deleted by people.
    """

    __tablename__ = "escalation_access_log"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("person_id", "person"),
        CheckConstraint(one_of("part", PARTS), name="part"),
        Index(None, "authority_id", "escalation_id", "read_at"),
        Index(None, "authority_id", "person_id", "read_at"),
        {
            "info": {
                "second_policy": RowPolicy(
                    seen=CORE, added=f"{CORE} OR person_id::text = {PERSON}", changed="false"
                )
            }
        },
    )

    escalation_id: Mapped[UUID]
    person_id: Mapped[UUID]
    role: Mapped[str]
    part: Mapped[str]
    read_at: Mapped[datetime] = created_at()


class Presence(AuthorityKeyed, Base):
    """An officer who has an escalation open, and when their browser last reported it."""

    __tablename__ = "escalation_presence"
    __table_args__ = (
        reference("escalation_id", "escalation"),
        reference("person_id", "person"),
        {"info": {"second_policy": RowPolicy(seen=CORE)}},
    )

    escalation_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = created_at()
