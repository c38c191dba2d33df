"""Tables of message threads, of their messages, and of when a person read a thread."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import (
    AuthorityKeyed,
    AuthorityOwned,
    Base,
    created_at,
    one_of,
    reference,
)
from alongside.platform.database.ddl import schema_rule
from alongside.platform.uploads.file_types import LARGEST_DOCUMENT

KINDS = ("message", "call", "file")
MINUTES_TO_EDIT = 5
MOST_FILES = 40
MOST_BYTES = 200_000_000
"""Bytes of the files that one school may have in all its threads."""

MOST_OF_ONE_PERSON = 60
"""Messages that one person may write in an hour: each is an email to everybody who acts for the other school."""

MOST_TO_ONE_SCHOOL = 100
"""Messages that one school may write to another in a day."""

LONGEST = 4000


class MessageThread(AuthorityOwned, Base):
    """The messages about one proposal and the agreement that follows, or about one visit request.

    It is deleted with that record.
    """

    __tablename__ = "message_thread"
    __table_args__ = (
        reference("proposal_id", "proposal", ondelete="CASCADE"),
        reference("visit_request_id", "visit_request", ondelete="CASCADE"),
        UniqueConstraint("authority_id", "proposal_id"),
        UniqueConstraint("authority_id", "visit_request_id"),
        CheckConstraint("(proposal_id IS NULL) <> (visit_request_id IS NULL)", name="one_record"),
    )

    proposal_id: Mapped[UUID | None]
    visit_request_id: Mapped[UUID | None]


class Message(AuthorityOwned, Base):
    """A message of one of the two schools, an attachment with a note, or the record of a telephone call.

    `school_urn` is the school that its writer acted for. `called_on` and `called_with` are those of a call. A removed
    message keeps only who removed it and when.
    """

    __tablename__ = "message"
    __table_args__ = (
        reference("thread_id", "message_thread", ondelete="CASCADE"),
        reference("school_urn", "school"),
        reference("written_by", "person"),
        reference("removed_by", "person"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(f"char_length(body) <= {LONGEST}", name="body"),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed_by_somebody"),
        CheckConstraint("removed_at IS NULL OR (body = '' AND content IS NULL)", name="removed"),
        CheckConstraint("kind <> 'call' OR called_on IS NOT NULL", name="called_on"),
        CheckConstraint("char_length(called_with) <= 120", name="called_with"),
        CheckConstraint("kind <> 'file' OR removed_at IS NOT NULL OR content IS NOT NULL", name="content"),
        CheckConstraint("char_length(filename) <= 120", name="filename"),
        CheckConstraint(f"octet_length(content) BETWEEN 1 AND {LARGEST_DOCUMENT}", name="size"),
        Index(None, "authority_id", "thread_id", "id"),
        Index(None, "authority_id", "school_urn", "written_at"),
    )

    thread_id: Mapped[UUID]
    kind: Mapped[str]
    school_urn: Mapped[int]
    written_by: Mapped[UUID]
    written_at: Mapped[datetime] = created_at()
    body: Mapped[str]
    edited_at: Mapped[datetime | None]
    called_on: Mapped[date | None]
    called_with: Mapped[str] = mapped_column(server_default=text("''"))
    filename: Mapped[str] = mapped_column(server_default=text("''"))
    media_type: Mapped[str] = mapped_column(server_default=text("''"))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[UUID | None]


class MessageReading(AuthorityKeyed, Base):
    """When a person last read a thread; later messages of the other school are unread."""

    __tablename__ = "message_reading"
    __table_args__ = (
        reference("thread_id", "message_thread", ondelete="CASCADE"),
        reference("person_id", "person"),
        Index(None, "authority_id", "person_id"),
    )

    thread_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    read_at: Mapped[datetime] = created_at()


schema_rule(
    "a_message_is_not_changed_later",
    f"""
CREATE FUNCTION refuse_late_edit() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF ROW(NEW.thread_id, NEW.kind, NEW.written_by) IS DISTINCT FROM ROW(OLD.thread_id, OLD.kind, OLD.written_by)
       OR NEW.written_at > OLD.written_at
       OR OLD.removed_at IS NOT NULL
          AND ROW(NEW.removed_at, NEW.removed_by) IS DISTINCT FROM ROW(OLD.removed_at, OLD.removed_by)
       OR NEW.removed_at IS NULL AND ROW(NEW.content, NEW.filename, NEW.media_type)
          IS DISTINCT FROM ROW(OLD.content, OLD.filename, OLD.media_type)
       OR (OLD.removed_at IS NOT NULL
           OR NEW.removed_at IS NULL AND now() > OLD.written_at + interval '{MINUTES_TO_EDIT} minutes')
          AND ROW(NEW.body, NEW.called_on, NEW.called_with, NEW.edited_at)
          IS DISTINCT FROM ROW(OLD.body, OLD.called_on, OLD.called_with, OLD.edited_at) THEN
        RAISE EXCEPTION 'message % can no longer be changed', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_edited_in_time', TABLE = 'message';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_late_edit BEFORE UPDATE ON message
    FOR EACH ROW EXECUTE FUNCTION refuse_late_edit();
""",
)
