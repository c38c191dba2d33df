"""Tables of notices, their attachments, corrections, questions and readings, and the workflow of a notice."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from alongside.features.consortia.models import PHASES
from alongside.features.notices.access_policy import (
    OF_CORRECTION,
    OF_FILE,
    OF_NOTICE,
    OF_QUESTION,
    OF_READING,
)
from alongside.platform.access.permissions import Permission
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
from alongside.platform.workflow import INITIAL, Transition, workflow

AUDIENCES = ("heads", "leads")
MOST_FILES = 5
MOST_BYTES = 200_000_000
"""Bytes of all attachments that the core team, or the leads of one consortium, may have in their notices."""

MOST_QUESTIONS, MOST_ON_ONE_NOTICE = 10, 5
"""Questions that one person may ask in an hour, and in a day about one notice: each is an email to its sender."""

LONGEST_BODY, LONGEST_QUESTION = 6000, 1000

DRAFT_NOTICE = Transition("draft_notice", (INITIAL,), "draft", Permission.POST_NOTICE, "wrote the notice")
SEND_NOTICE = Transition("send_notice", ("draft",), "posted", Permission.POST_NOTICE, "sent the notice")
DISCARD_NOTICE = Transition(
    "discard_notice", ("draft",), "discarded", Permission.POST_NOTICE, "discarded the draft"
)
WITHDRAW_NOTICE = Transition(
    "withdraw_notice",
    ("posted",),
    "withdrawn",
    Permission.POST_NOTICE,
    "withdrew the notice",
    note_required=True,
)
MOVES = (DRAFT_NOTICE, SEND_NOTICE, DISCARD_NOTICE, WITHDRAW_NOTICE)
NOTICE_WORKFLOW = workflow("notice", MOVES, ("posted", "withdrawn", "discarded"))


class Notice(AuthorityOwned, Base):
    """A notice of the core team, or of one consortium's leads (`consortium_id`), to an audience.

    The audience is heads or leads, limited to one phase or to the schools of one consortium. `school_phases` are the
    phases and kinds of school that the settings counted to `phase` when it was sent. It is listed until `ends_on`. A
    notice with `event_on` is listed in the calendar.
    """

    __tablename__ = "notice"
    __table_args__ = (
        reference("consortium_id", "consortium"),
        reference("audience_consortium_id", "consortium"),
        reference("posted_by", "person"),
        CheckConstraint(one_of("state", NOTICE_WORKFLOW.states), name="state"),
        CheckConstraint(one_of("audience", AUDIENCES), name="audience"),
        CheckConstraint(one_of("phase", PHASES), name="phase"),
        CheckConstraint("phase IS NULL OR audience_consortium_id IS NULL", name="one_limit"),
        CheckConstraint("audience = 'heads' OR audience_consortium_id IS NULL", name="leads_of_all"),
        CheckConstraint(
            "consortium_id IS NULL OR (audience = 'heads' AND audience_consortium_id = consortium_id)",
            name="own_consortium",
        ),
        CheckConstraint("title ~ '[[:alnum:]]' AND char_length(title) <= 120", name="title"),
        CheckConstraint(f"char_length(body) BETWEEN 1 AND {LONGEST_BODY}", name="body"),
        CheckConstraint("char_length(event_location) <= 200", name="event_location"),
        CheckConstraint(
            "event_on IS NOT NULL OR (event_starts IS NULL AND event_ends IS NULL AND event_location = '')",
            name="event",
        ),
        CheckConstraint("event_ends IS NULL OR event_ends > event_starts", name="event_ends"),
        CheckConstraint("event_on IS NULL OR ends_on >= event_on", name="ends_after_event"),
        Index(None, "authority_id", "posted_at", "id"),
        Index("ix_notice_event", "authority_id", "event_on", postgresql_where=text("event_on IS NOT NULL")),
        {"info": {"second_policy": OF_NOTICE}},
    )

    consortium_id: Mapped[UUID | None]
    posted_by: Mapped[UUID | None]
    state: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    audience: Mapped[str]
    with_delegates: Mapped[bool] = mapped_column(server_default=text("false"))
    phase: Mapped[str | None]
    school_phases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    audience_consortium_id: Mapped[UUID | None]
    ends_on: Mapped[date]
    event_on: Mapped[date | None]
    event_starts: Mapped[time | None]
    event_ends: Mapped[time | None]
    event_location: Mapped[str] = mapped_column(server_default=text("''"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = created_at()
    posted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(server_default=text("''"))


class NoticeFile(AuthorityOwned, Base):
    """An attachment of a notice, stored as uploaded and only ever downloaded; once removed, it has no content."""

    __tablename__ = "notice_file"
    __table_args__ = (
        reference("notice_id", "notice"),
        reference("added_by", "person"),
        CheckConstraint("char_length(filename) BETWEEN 1 AND 120", name="filename"),
        CheckConstraint(
            f"octet_length(body) BETWEEN 1 AND {LARGEST_DOCUMENT} AND size = octet_length(body)", name="size"
        ),
        CheckConstraint("(removed_at IS NULL) = (body IS NOT NULL)", name="content"),
        Index(None, "authority_id", "notice_id", "id"),
        {"info": {"second_policy": OF_FILE}},
    )

    notice_id: Mapped[UUID]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime] = created_at()
    removed_at: Mapped[datetime | None]


class NoticeCorrection(AuthorityOwned, Base):
    """A correction of a sent notice: a note for its readers, and the title and text before it."""

    __tablename__ = "notice_correction"
    __table_args__ = (
        reference("notice_id", "notice"),
        reference("made_by", "person"),
        CheckConstraint("char_length(note) BETWEEN 1 AND 500", name="note"),
        Index(None, "authority_id", "notice_id", "id"),
        {"info": {"second_policy": OF_CORRECTION}},
    )

    notice_id: Mapped[UUID]
    note: Mapped[str]
    title_before: Mapped[str]
    body_before: Mapped[str]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = created_at()


class NoticeQuestion(AuthorityOwned, Base):
    """A question about a notice and its answer; everybody in the audience reads both."""

    __tablename__ = "notice_question"
    __table_args__ = (
        reference("notice_id", "notice"),
        reference("asked_by", "person"),
        reference("answered_by", "person"),
        CheckConstraint(f"char_length(question) BETWEEN 1 AND {LONGEST_QUESTION}", name="question"),
        CheckConstraint("char_length(answer) <= 2000", name="answer"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered"),
        Index(None, "authority_id", "notice_id", "id"),
        Index(None, "authority_id", "asked_by", "asked_at"),
        {"info": {"second_policy": OF_QUESTION}},
    )

    notice_id: Mapped[UUID]
    question: Mapped[str]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime] = created_at()
    answer: Mapped[str] = mapped_column(server_default=text("''"))
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]


class NoticeReading(AuthorityKeyed, Base):
    """The first time that a person in the audience opened a notice."""

    __tablename__ = "notice_reading"
    __table_args__ = (
        reference("notice_id", "notice"),
        reference("person_id", "person"),
        Index(None, "authority_id", "person_id"),
        {"info": {"second_policy": OF_READING}},
    )

    notice_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime] = created_at()


schema_rule(
    "a_question_about_a_notice_keeps_its_words",
    """
CREATE FUNCTION refuse_changed_notice_question() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'question % stays as it was asked', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'words_of_the_asker', TABLE = 'notice_question';
END $$;

CREATE TRIGGER refuse_changed_notice_question BEFORE UPDATE ON notice_question FOR EACH ROW
    WHEN ((NEW.notice_id, NEW.question, NEW.asked_by, NEW.asked_at)
          IS DISTINCT FROM (OLD.notice_id, OLD.question, OLD.asked_by, OLD.asked_at))
    EXECUTE FUNCTION refuse_changed_notice_question();
""",
)
