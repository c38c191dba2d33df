"""Notices and the outbox of mail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.database.base import AuthorityOwned, Base, created_at, one_of, reference

MAIL_STATES = ("waiting", "sending", "sent", "given_up", "not_wanted")


class Notice(AuthorityOwned, Base):
    """Something that a person should know: one line on their page, with a link to where it is.

    `kind` names the message ("need_proposed"); `text` is what the page shows, `path` where it leads. Mail that
    comes of it carries `subject` and the link, never judgements.
    """

    __tablename__ = "notice"
    __table_args__ = (
        reference("person_id", "person"),
        UniqueConstraint("authority_id", "person_id", "once"),
        Index(None, "authority_id", "person_id", "id"),
    )

    person_id: Mapped[UUID]
    kind: Mapped[str]
    text: Mapped[str]
    path: Mapped[str]
    once: Mapped[str]
    at: Mapped[datetime] = created_at()
    read_at: Mapped[datetime | None]


class Mail(AuthorityOwned, Base):
    """One letter to one person: waiting until it is due, then sent once, retried with growing pauses, or given up.

    `message_id` stays the same over all tries, so that a receiver knows a second copy for what it is. `attempt` counts
    tries; `lease_until` is how long the sender who has it in hand may take.
    """

    __tablename__ = "mail"
    __table_args__ = (
        reference("person_id", "person"),
        CheckConstraint(one_of("state", MAIL_STATES), name="state"),
        UniqueConstraint("authority_id", "message_id"),
        Index("ix_mail_due", "authority_id", "state", "due_at"),
    )

    person_id: Mapped[UUID | None]
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    message_id: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    due_at: Mapped[datetime] = created_at()
    lease_until: Mapped[datetime | None]
    written_at: Mapped[datetime] = created_at()
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
