"""Queries for notices, their parts, and the events in them."""

from datetime import date, datetime, time
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    ScalarSelect,
    Select,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import NotFound
from alongside.features.consortia.models import Consortium
from alongside.features.notices.access_policy import identify_requester
from alongside.features.notices.audience import label_of, sender_of
from alongside.features.notices.models import (
    Notice,
    NoticeCorrection,
    NoticeFile,
    NoticeQuestion,
    NoticeReading,
)
from alongside.features.people.models import Person
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import AUTHORITY_ROLES, CONSORTIUM_ROLES, Principal
from alongside.platform.access.records import may_on, require_on
from alongside.platform.database.reads import Read, fetch_all, fetch_one

A_PAGE = 25
SHOWN = ("current", "unread", "questions", "ended")
"""The lists of notices: shown now; not opened; with questions for this person to answer; ended."""

Sender = aliased(Consortium, name="sender")
Limit = aliased(Consortium, name="audience_consortium")
AUTHORITY = bindparam("authority_id", type_=Integer)
TODAY = bindparam("today", type_=Date)
OPENED = (
    select(literal_column("1"))
    .where(
        NoticeReading.authority_id == Notice.authority_id,
        NoticeReading.notice_id == Notice.id,
        NoticeReading.person_id == bindparam("person_id", type_=Uuid),
    )
    .correlate(Notice)
    .exists()
)


class NoticeRow(msgspec.Struct, frozen=True):
    """A notice as this person reads it. `consortium` is the sender's, `audience_consortium` that of its readers."""

    authority_id: int
    id: UUID
    consortium_id: UUID | None
    posted_by: UUID | None
    state: str
    title: str
    body: str
    audience: str
    with_delegates: bool
    phase: str | None
    audience_consortium_id: UUID | None
    ends_on: date
    event_on: date | None
    event_starts: time | None
    event_ends: time | None
    event_location: str
    version: int
    posted_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_because: str
    consortium: str | None
    audience_consortium: str | None
    opened: bool

    @property
    def audience_label(self) -> str:
        """The name of the audience."""
        label = label_of(self.audience, self.phase, self.audience_consortium)
        return f"{label} and their delegates" if self.with_delegates else label

    @property
    def sender(self) -> str:
        """Who sends it."""
        return sender_of(self.authority_id, self.consortium)


_SHOWN: Select[tuple[object, ...]] = (
    select(
        *(Notice.__table__.c[name] for name in NoticeRow.__struct_fields__[:20]),
        Sender.name.label("consortium"),
        Limit.name.label("audience_consortium"),
        OPENED.label("opened"),
    )
    .outerjoin(Sender, and_(Sender.authority_id == AUTHORITY, Sender.id == Notice.consortium_id))
    .outerjoin(Limit, and_(Limit.authority_id == AUTHORITY, Limit.id == Notice.audience_consortium_id))
    .where(Notice.authority_id == AUTHORITY)
)
ONE = Read(_SHOWN.where(Notice.id == bindparam("notice_id", type_=Uuid)), NoticeRow)
_CURRENT = and_(or_(Notice.state == "draft", Notice.state == "posted"), Notice.ends_on >= TODAY)
_RECEIVED = and_(
    bindparam("receives", type_=Boolean),
    or_(Notice.consortium_id.is_(None), Notice.consortium_id != all_(bindparam("own", type_=ARRAY(Uuid)))),
)
"""The person is in the audience: they do not send it."""

_MINE = or_(
    and_(bindparam("core", type_=Boolean), Notice.consortium_id.is_(None)),
    Notice.consortium_id == any_(bindparam("own", type_=ARRAY(Uuid))),
)
"""The person answers for it: the core team, or the leads who sent it."""

ASKED = and_(
    _MINE,
    Notice.state == "posted",
    select(literal_column("1"))
    .where(
        NoticeQuestion.authority_id == Notice.authority_id,
        NoticeQuestion.notice_id == Notice.id,
        NoticeQuestion.answered_at.is_(None),
    )
    .correlate(Notice)
    .exists(),
)
UNREAD = and_(_RECEIVED, Notice.state == "posted", Notice.ends_on >= TODAY, ~OPENED)
_WANTED = {
    "current": _CURRENT,
    "unread": UNREAD,
    "questions": ASKED,
    "ended": and_(Notice.state != "discarded", not_(_CURRENT)),
}
LISTS = {
    shown: Read(
        _SHOWN.where(wanted)
        .order_by(Notice.posted_at.desc().nulls_first(), Notice.id.desc())
        .limit(bindparam("most", type_=Integer))
        .offset(bindparam("skipped", type_=Integer)),
        NoticeRow,
    )
    for shown, wanted in _WANTED.items()
}
EVENTS = Read(
    _SHOWN.where(
        Notice.state == "posted",
        Notice.event_on >= TODAY,
        or_(
            bindparam("any_consortium", type_=Boolean),
            Notice.audience_consortium_id == bindparam("consortium_id", type_=Uuid),
        ),
    )
    .order_by(Notice.event_on, Notice.event_starts.nulls_first(), Notice.id)
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skipped", type_=Integer)),
    NoticeRow,
)


class FileRow(msgspec.Struct, frozen=True):
    """An attachment of a notice without its content; `size` is in bytes."""

    id: UUID
    filename: str
    size: int


class FileContent(msgspec.Struct, frozen=True):
    """An attachment with its content."""

    filename: str
    media_type: str
    body: bytes


class CorrectionRow(msgspec.Struct, frozen=True):
    """A correction with the title and text before it."""

    note: str
    title_before: str
    body_before: str
    made_at: datetime


class QuestionRow(msgspec.Struct, frozen=True):
    """A question about a notice and its answer; `asker_name` is shown only to those who sent the notice."""

    id: UUID
    notice_id: UUID
    question: str
    asked_by: UUID
    asked_at: datetime
    answer: str
    answered_at: datetime | None
    asker_name: str


_OF_NOTICE = bindparam("notice_id", type_=Uuid)
FILES = Read(
    select(NoticeFile.id, NoticeFile.filename, NoticeFile.size)
    .where(
        NoticeFile.authority_id == AUTHORITY,
        NoticeFile.notice_id == _OF_NOTICE,
        NoticeFile.removed_at.is_(None),
    )
    .order_by(NoticeFile.id),
    FileRow,
)
ONE_FILE = Read(
    select(NoticeFile.filename, NoticeFile.media_type, NoticeFile.body).where(
        NoticeFile.authority_id == AUTHORITY,
        NoticeFile.notice_id == _OF_NOTICE,
        NoticeFile.id == bindparam("file_id", type_=Uuid),
        NoticeFile.removed_at.is_(None),
    ),
    FileContent,
)
CORRECTIONS = Read(
    select(*(NoticeCorrection.__table__.c[name] for name in CorrectionRow.__struct_fields__))
    .where(NoticeCorrection.authority_id == AUTHORITY, NoticeCorrection.notice_id == _OF_NOTICE)
    .order_by(NoticeCorrection.id.desc())
    .limit(literal_column("50")),
    CorrectionRow,
)
_QUESTIONS = (
    select(
        *(NoticeQuestion.__table__.c[name] for name in QuestionRow.__struct_fields__[:7]),
        Person.name.label("asker_name"),
    )
    .join(Person, and_(Person.authority_id == AUTHORITY, Person.id == NoticeQuestion.asked_by))
    .where(NoticeQuestion.authority_id == AUTHORITY, NoticeQuestion.notice_id == _OF_NOTICE)
)
QUESTIONS = Read(
    _QUESTIONS.where(
        or_(
            bindparam("sends", type_=Boolean),
            NoticeQuestion.asked_by == bindparam("person_id", type_=Uuid),
            NoticeQuestion.answered_at.is_not(None),
        )
    )
    .order_by(NoticeQuestion.id.desc())
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skipped", type_=Integer)),
    QuestionRow,
)
ONE_QUESTION = Read(_QUESTIONS.where(NoticeQuestion.id == bindparam("question_id", type_=Uuid)), QuestionRow)


class Waiting(msgspec.Struct, frozen=True):
    """How many notices a person has not read, and how many have questions for them to answer."""

    unread: int
    asked: int


def _number_of(wanted: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Notice)
        .where(Notice.authority_id == AUTHORITY, wanted)
        .scalar_subquery()
    )


WAITING = Read(select(_number_of(UNREAD), _number_of(ASKED)), Waiting)


def _values(person: Principal) -> dict[str, object]:
    """Return the parameters by which a notice is received or sent by this person."""
    return {
        "authority_id": person.authority_id,
        "today": person.today,
        "person_id": person.id,
        "receives": person.role not in AUTHORITY_ROLES,
        "core": person.role in AUTHORITY_ROLES,
        "own": list(person.consortium_ids) if person.role in CONSORTIUM_ROLES else [],
    }


def sends(person: Principal, notice: NoticeRow) -> bool:
    """Return whether this person manages the notice: the leads who sent it, and the core team."""
    return may_on(person, Permission.POST_NOTICE, notice)


async def get_notice(
    session: AsyncSession, person: Principal, permission: Permission, notice_id: UUID
) -> NoticeRow:
    """Return a notice on which this person has a permission. Raises NotFound.

    PostgreSQL decides whether they can read it.
    """
    await identify_requester(session, person)
    found = await fetch_one(session, ONE, _values(person) | {"notice_id": notice_id})
    if found is None:
        raise NotFound
    if permission is not Permission.VIEW_NOTICE:
        require_on(person, permission, found)
    return found


async def notices_for(
    session: AsyncSession, person: Principal, shown: str, page: int
) -> tuple[list[NoticeRow], bool]:
    """Return a page (from 1) of the notices that this person can read, newest first, and whether there are more."""
    await identify_requester(session, person)
    values = _values(person) | {"most": A_PAGE + 1, "skipped": (page - 1) * A_PAGE}
    found = await fetch_all(session, LISTS[shown], values)
    return found[:A_PAGE], len(found) > A_PAGE


async def events_for(
    session: AsyncSession, person: Principal, consortium_id: UUID | None, page: int, size: int = A_PAGE
) -> tuple[list[NoticeRow], bool]:
    """Return a page of the coming events that this person can read, soonest first, and whether there are more.

    `consortium_id` limits them to those for the schools of one consortium.
    """
    await identify_requester(session, person)
    values = _values(person) | {
        "any_consortium": consortium_id is None,
        "consortium_id": consortium_id,
        "most": size + 1,
        "skipped": (page - 1) * size,
    }
    found = await fetch_all(session, EVENTS, values)
    return found[:size], len(found) > size


async def waiting_for(session: AsyncSession, person: Principal) -> Waiting:
    """Return how many notices and questions wait for this person."""
    await identify_requester(session, person)
    (found,) = await fetch_all(session, WAITING, _values(person))
    return found


async def files_of(session: AsyncSession, notice: NoticeRow) -> list[FileRow]:
    """Return the attachments of a notice, in the order in which they were added."""
    return await fetch_all(session, FILES, _of(notice))


async def get_file(session: AsyncSession, notice: NoticeRow, file_id: UUID) -> FileContent:
    """Return an attachment of a notice with its content. Raises NotFound."""
    found = await fetch_one(session, ONE_FILE, _of(notice) | {"file_id": file_id})
    if found is None:
        raise NotFound
    return found


async def corrections_of(session: AsyncSession, notice: NoticeRow) -> list[CorrectionRow]:
    """Return the corrections of a notice, newest first, 50 at most."""
    return await fetch_all(session, CORRECTIONS, _of(notice))


async def questions_of(
    session: AsyncSession, person: Principal, notice: NoticeRow, page: int
) -> tuple[list[QuestionRow], bool]:
    """Return a page of the questions about a notice, newest first, and whether there are more.

    Until it is answered, a question is shown to those who sent the notice and to who asked it: it may name somebody.
    """
    values = _of(notice) | {
        "sends": sends(person, notice),
        "person_id": person.id,
        "most": A_PAGE + 1,
        "skipped": (page - 1) * A_PAGE,
    }
    found = await fetch_all(session, QUESTIONS, values)
    return found[:A_PAGE], len(found) > A_PAGE


async def get_question(session: AsyncSession, notice: NoticeRow, question_id: UUID) -> QuestionRow:
    """Return a question about a notice. Raises NotFound."""
    found = await fetch_one(session, ONE_QUESTION, _of(notice) | {"question_id": question_id})
    if found is None:
        raise NotFound
    return found


def _of(notice: NoticeRow) -> dict[str, object]:
    return {"authority_id": notice.authority_id, "notice_id": notice.id}
