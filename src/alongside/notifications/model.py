"""Notices and the outbox of mail."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.database.base import AuthorityKeyed, AuthorityOwned, Base, created_at, one_of, reference
from alongside.database.promises import promise

MAIL_STATES = ("waiting", "sending", "sent", "given_up")


class Notice(AuthorityOwned, Base):
    """Something that a person should know: one line on their page, with a link to where it is.

    `kind` names the message ("need_proposed"); `text` is what the page shows, `path` where it leads. `once` is the
    key by which the same person is told of the same thing once. `in_digest` is set when a daily letter carried it.
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
    in_digest: Mapped[date | None]


class Mail(AuthorityOwned, Base):
    """One letter to one person: waiting until it is due, then sent once, retried with growing pauses, or given up.

    `body` is what stands above the link to `path`. `message_id` stays the same over all tries, so that a receiver
    knows a second copy for what it is. `attempt` counts tries and fences them: only the try that holds the present
    number may mark the letter; `lease_until` is how long it may take.
    """

    __tablename__ = "mail"
    __table_args__ = (
        reference("person_id", "person"),
        CheckConstraint(one_of("state", MAIL_STATES), name="state"),
        UniqueConstraint("authority_id", "message_id"),
        Index("ix_mail_due", "authority_id", "due_at", postgresql_where=text("state IN ('waiting', 'sending')")),
    )

    person_id: Mapped[UUID | None]
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    path: Mapped[str]
    message_id: Mapped[str] = mapped_column(server_default=text("gen_random_uuid()::text"))
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    due_at: Mapped[datetime] = created_at()
    lease_until: Mapped[datetime | None]
    written_at: Mapped[datetime] = created_at()
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


class ClockRun(AuthorityKeyed, Base):
    """That a clock of the product has run for a day: written in the same transaction as what it did, so it runs once."""

    __tablename__ = "clock_run"

    clock: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime] = created_at()


promise(
    "the_worker_hears_of_mail_when_its_transaction_commits",
    """
CREATE FUNCTION announce_mail() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('alongside_mail', '');
    RETURN NULL;
END $$;

CREATE TRIGGER announce_mail AFTER INSERT ON mail FOR EACH STATEMENT EXECUTE FUNCTION announce_mail();
""",
)
