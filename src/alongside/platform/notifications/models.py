"""The tables of notifications and of the email outbox."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import (
    AuthorityOwned,
    Base,
    created_at,
    one_of,
    reference,
)
from alongside.platform.jobs.queue import LeasedRow, announce_work

EMAIL_STATES = ("waiting", "sending", "sent", "given_up", "not_wanted")
HOURS = ("school_hours", "waking_hours")
"""When an email may be sent: in the authority's window on school days, or at any time except the night."""


class Notification(AuthorityOwned, Base):
    """One line on a person's page with a link.

    `kind` names the message ("need_proposed"); `text` is what the page shows, `path` where it links to. `once` is a
    key: a person gets one notification for each. `read_at` is when the person marked it as done. `in_digest` is set
    when a daily digest included it. `shown_from` is when the person is told, which may be later than the action.
    """

    __tablename__ = "notification"
    __table_args__ = (
        reference("person_id", "person"),
        UniqueConstraint("authority_id", "person_id", "once"),
        Index(None, "authority_id", "person_id", "id"),
        Index("ix_notification_to_do", "authority_id", "person_id", postgresql_where=text("read_at IS NULL")),
    )

    person_id: Mapped[UUID]
    kind: Mapped[str]
    text: Mapped[str]
    path: Mapped[str]
    once: Mapped[str]
    at: Mapped[datetime] = created_at()
    read_at: Mapped[datetime | None]
    in_digest: Mapped[date | None]
    shown_from: Mapped[datetime] = created_at()


class EmailOutbox(AuthorityOwned, LeasedRow, Base):
    """One email to one person: waiting until it is due, then sent once, retried with growing pauses, or given up.

    `body` is the text above the link to `path`; an email without a path contains a link of its own, and its text is
    deleted once it is sent. `message_id` is the same for all attempts, so that a receiver recognises a second copy.
    """

    __tablename__ = "email_outbox"
    __table_args__ = (
        reference("person_id", "person"),
        CheckConstraint(one_of("state", EMAIL_STATES), name="state"),
        CheckConstraint(one_of("hours", HOURS), name="hours"),
        UniqueConstraint("authority_id", "message_id"),
        Index(
            "ix_mail_due", "authority_id", "run_at", postgresql_where=text("state IN ('waiting', 'sending')")
        ),
        Index("ix_mail_given_up", "authority_id", "id", postgresql_where=text("state = 'given_up'")),
    )

    person_id: Mapped[UUID | None]
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    path: Mapped[str | None]
    hours: Mapped[str] = mapped_column(server_default=text("'waking_hours'"))
    message_id: Mapped[str] = mapped_column(server_default=text("gen_random_uuid()::text"))
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    written_at: Mapped[datetime] = created_at()
    sent_at: Mapped[datetime | None]


announce_work("email_outbox", "waiting")
