"""Queries for consultations, their questions, the schools that are asked and their answers."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import (
    Date,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.consultations.access_policy import identify_requester
from alongside.features.consultations.audience import label_of
from alongside.features.consultations.models import (
    Consultation,
    ConsultationAnswer,
    ConsultationQuestion,
    ConsultationSchool,
)
from alongside.features.schools.models import School
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, columns_of, fetch_all, fetch_one

A_PAGE, ALL = 25, 10_000
AUTHORITY = bindparam("authority_id", type_=Integer)
TODAY = bindparam("today", type_=Date)
URN = bindparam("urn", type_=Integer)
CONSULTATION = bindparam("consultation_id", type_=Uuid)
MOST, SKIPPED = bindparam("most", type_=Integer), bindparam("skipped", type_=Integer)


class ConsultationRow(msgspec.Struct, frozen=True):
    """A consultation as this person reads it.

    `answer_by` is the last day of the person's own school, and `has_answered` whether that school has answered.
    `counts` are the numbers that were kept when it closed.
    """

    authority_id: int
    id: UUID
    state: str
    title: str
    body: str
    phase: str | None
    school_days: int
    created_by: UUID | None
    created_at: datetime
    version: int
    opens_on: date | None
    closes_on: date | None
    closed_at: datetime | None
    asked: int | None
    answered: int | None
    counts: Mapping[str, Mapping[str, int]]
    decision: str
    decision_reference: str
    decided_on: date | None
    withdrawn_because: str
    answer_by: date | None
    has_answered: bool
    questions: int

    @property
    def audience_label(self) -> str:
        """The name of the audience."""
        return label_of(self.phase)


_TABLE = Consultation.__table__.c
_ASKED = ConsultationSchool.__table__.c
_ANSWER = ConsultationAnswer.__table__.c
_SHOWN: Select[tuple[object, ...]] = (
    select(
        *columns_of(
            ConsultationRow,
            Consultation,
            answer_by=_ASKED.answer_by,
            has_answered=_ANSWER.school_urn.is_not(None),
            questions=select(func.count())
            .select_from(ConsultationQuestion)
            .where(
                ConsultationQuestion.authority_id == AUTHORITY,
                ConsultationQuestion.consultation_id == _TABLE.id,
            )
            .scalar_subquery(),
        )
    )
    .select_from(Consultation)
    .outerjoin(
        ConsultationSchool,
        and_(_ASKED.authority_id == AUTHORITY, _ASKED.consultation_id == _TABLE.id, _ASKED.school_urn == URN),
    )
    .outerjoin(
        ConsultationAnswer,
        and_(
            _ANSWER.authority_id == AUTHORITY, _ANSWER.consultation_id == _TABLE.id, _ANSWER.school_urn == URN
        ),
    )
    .where(_TABLE.authority_id == AUTHORITY)
)
_ENDED = or_(_TABLE.state == "decided", _TABLE.state == "withdrawn")
ONE = Read(_SHOWN.where(_TABLE.id == CONSULTATION), ConsultationRow)
LISTS = {
    shown: Read(
        _SHOWN.where(wanted)
        .order_by(_TABLE.closes_on.desc().nulls_first(), _TABLE.id.desc())
        .limit(MOST)
        .offset(SKIPPED),
        ConsultationRow,
    )
    for shown, wanted in {"current": not_(_ENDED), "ended": _ENDED}.items()
}
WAITING = Read(
    _SHOWN.where(_TABLE.state == "open", _ASKED.answer_by >= TODAY, _ANSWER.school_urn.is_(None)).order_by(
        _ASKED.answer_by, _TABLE.id
    ),
    ConsultationRow,
)
UNDECIDED = Read(
    _SHOWN.where(_TABLE.state == "closed").order_by(_TABLE.closed_at, _TABLE.id).limit(MOST), ConsultationRow
)
PAST_LAST_DAY = Read(
    _SHOWN.where(_TABLE.state == "open", _TABLE.closes_on < TODAY)
    .order_by(_TABLE.closes_on, _TABLE.id)
    .limit(MOST),
    ConsultationRow,
)


class QuestionRow(msgspec.Struct, frozen=True):
    """A question of a consultation; a question for free text has no choices."""

    id: UUID
    consultation_id: UUID
    number: int
    kind: str
    wording: str
    choices: list[str]


_QUESTION = ConsultationQuestion.__table__.c
QUESTIONS = Read(
    select(*columns_of(QuestionRow, ConsultationQuestion))
    .where(
        _QUESTION.authority_id == AUTHORITY,
        _QUESTION.consultation_id == CONSULTATION,
        _QUESTION.removed_at.is_(None),
    )
    .order_by(_QUESTION.number, _QUESTION.id),
    QuestionRow,
)


class AskedSchool(msgspec.Struct, frozen=True):
    """A school that is asked, its last day, and its answer by question if it has answered."""

    urn: int
    name: str
    answer_by: date
    answers: Mapping[str, str] | None
    answered_at: datetime | None


_OF_SCHOOL = and_(
    _ANSWER.authority_id == AUTHORITY,
    _ANSWER.consultation_id == _ASKED.consultation_id,
    _ANSWER.school_urn == _ASKED.school_urn,
)
_ASKED_SCHOOLS: Select[tuple[object, ...]] = (
    select(
        School.urn,
        School.name,
        _ASKED.answer_by,
        _ANSWER.answers,
        func.coalesce(_ANSWER.changed_at, _ANSWER.answered_at).label("answered_at"),
    )
    .select_from(ConsultationSchool)
    .join(School, and_(School.authority_id == AUTHORITY, School.urn == _ASKED.school_urn))
    .outerjoin(ConsultationAnswer, _OF_SCHOOL)
    .where(_ASKED.authority_id == AUTHORITY, _ASKED.consultation_id == CONSULTATION)
)
SCHOOLS = Read(
    _ASKED_SCHOOLS.order_by(_ANSWER.school_urn.is_not(None), School.name, School.urn)
    .limit(MOST)
    .offset(SKIPPED),
    AskedSchool,
)
OWN = Read(_ASKED_SCHOOLS.where(_ASKED.school_urn == URN), AskedSchool)


class OpenSchool(msgspec.Struct, frozen=True):
    """A school whose last day in an open consultation has not passed."""

    consultation_id: UUID
    title: str
    opens_on: date
    school_days: int
    school_urn: int
    answer_by: date
    has_answered: bool


OPEN_SCHOOLS = Read(
    select(
        *columns_of(
            OpenSchool,
            ConsultationSchool,
            title=_TABLE.title,
            opens_on=_TABLE.opens_on,
            school_days=_TABLE.school_days,
            has_answered=_ANSWER.school_urn.is_not(None),
        )
    )
    .select_from(ConsultationSchool)
    .join(Consultation, and_(_TABLE.authority_id == AUTHORITY, _TABLE.id == _ASKED.consultation_id))
    .outerjoin(ConsultationAnswer, _OF_SCHOOL)
    .where(_ASKED.authority_id == AUTHORITY, _TABLE.state == "open", _ASKED.answer_by >= TODAY)
    .order_by(_ASKED.consultation_id, _ASKED.school_urn),
    OpenSchool,
)


class Numbers(msgspec.Struct, frozen=True):
    """How many schools are asked in a consultation, and how many of them have answered."""

    asked: int
    answered: int


NUMBERS = Read(
    select(func.count(), func.count(_ANSWER.school_urn))
    .select_from(ConsultationSchool)
    .outerjoin(ConsultationAnswer, _OF_SCHOOL)
    .where(_ASKED.authority_id == AUTHORITY, _ASKED.consultation_id == CONSULTATION),
    Numbers,
)


class AnswerCount(msgspec.Struct, frozen=True):
    """How many schools gave one answer to one question."""

    question_id: str
    answer: str
    schools: int


_GIVEN = (
    func.jsonb_each_text(_ANSWER.answers)
    .table_valued(column("key", Text), column("value", Text), name="given")
    .lateral()
)
COUNTS = Read(
    select(_GIVEN.c.key, _GIVEN.c.value, func.count())
    .select_from(ConsultationAnswer)
    .join(_GIVEN, true())
    .join(
        ConsultationQuestion,
        and_(
            _QUESTION.authority_id == AUTHORITY,
            _QUESTION.consultation_id == CONSULTATION,
            _QUESTION.id == cast(_GIVEN.c.key, Uuid),
            _QUESTION.kind != "text",
        ),
    )
    .where(_ANSWER.authority_id == AUTHORITY, _ANSWER.consultation_id == CONSULTATION)
    .group_by(_GIVEN.c.key, _GIVEN.c.value),
    AnswerCount,
)


def _values(person: Principal, **more: object) -> Mapping[str, object]:
    return {"authority_id": person.authority_id, "urn": person.school_urn, "today": person.today, **more}


async def get_consultation(
    session: AsyncSession, person: Principal, _permission: Permission, consultation_id: UUID
) -> ConsultationRow:
    """Return a consultation that this person can read, which PostgreSQL decides. Raises NotFound."""
    await identify_requester(session, person)
    found = await fetch_one(session, ONE, _values(person, consultation_id=consultation_id))
    if found is None:
        raise NotFound
    return found


async def consultations_for(
    session: AsyncSession, person: Principal, shown: str, page: int
) -> tuple[list[ConsultationRow], bool]:
    """Return a page (from 1) of the consultations that this person can read, and whether there are more."""
    await identify_requester(session, person)
    values = _values(person, most=A_PAGE + 1, skipped=(page - 1) * A_PAGE)
    found = await fetch_all(session, LISTS[shown], values)
    return found[:A_PAGE], len(found) > A_PAGE


async def waiting_for_school(session: AsyncSession, person: Principal) -> list[ConsultationRow]:
    """Return the consultations that this person's school can still answer and has not, soonest first."""
    await identify_requester(session, person)
    return await fetch_all(session, WAITING, _values(person))


async def undecided(session: AsyncSession, person: Principal, most: int) -> list[ConsultationRow]:
    """Return closed consultations without a decision, oldest first."""
    await identify_requester(session, person)
    return await fetch_all(session, UNDECIDED, _values(person, most=most))


async def past_last_day(session: AsyncSession, person: Principal, most: int) -> list[ConsultationRow]:
    """Return open consultations that no school can answer any more."""
    await identify_requester(session, person)
    return await fetch_all(session, PAST_LAST_DAY, _values(person, most=most))


async def open_schools(session: AsyncSession, person: Principal) -> list[OpenSchool]:
    """Return every school that can still answer an open consultation."""
    await identify_requester(session, person)
    return await fetch_all(session, OPEN_SCHOOLS, _values(person))


async def questions_of(session: AsyncSession, consultation: ConsultationRow) -> list[QuestionRow]:
    """Return the questions of a consultation in their order."""
    return await fetch_all(session, QUESTIONS, _of(consultation))


async def get_question(
    session: AsyncSession, consultation: ConsultationRow, question_id: UUID
) -> QuestionRow:
    """Return a question of a consultation. Raises NotFound."""
    for one in await questions_of(session, consultation):
        if one.id == question_id:
            return one
    raise NotFound


async def asked_schools(
    session: AsyncSession, consultation: ConsultationRow, page: int
) -> tuple[list[AskedSchool], bool]:
    """Return a page of the schools that are asked, those without an answer first, and whether there are more."""
    values = {**_of(consultation), "most": A_PAGE + 1, "skipped": (page - 1) * A_PAGE}
    found = await fetch_all(session, SCHOOLS, values)
    return found[:A_PAGE], len(found) > A_PAGE


async def all_asked_schools(session: AsyncSession, consultation: ConsultationRow) -> list[AskedSchool]:
    """Return all schools that are asked, 10,000 at most."""
    return await fetch_all(session, SCHOOLS, {**_of(consultation), "most": ALL, "skipped": 0})


async def own_answer(
    session: AsyncSession, person: Principal, consultation: ConsultationRow
) -> AskedSchool | None:
    """Return the person's own school as it is asked, with its answer if it has answered."""
    return await fetch_one(session, OWN, {**_of(consultation), "urn": person.school_urn})


async def numbers_of(session: AsyncSession, consultation: ConsultationRow) -> Numbers:
    """Return how many schools are asked and have answered, for the core team."""
    (found,) = await fetch_all(session, NUMBERS, _of(consultation))
    return found


async def counts_of(session: AsyncSession, consultation: ConsultationRow) -> dict[str, dict[str, int]]:
    """Return how many schools gave each answer to each question with choices, for the core team."""
    counts: dict[str, dict[str, int]] = {}
    for one in await fetch_all(session, COUNTS, _of(consultation)):
        counts.setdefault(one.question_id, {})[one.answer] = one.schools
    return counts


def _of(consultation: ConsultationRow) -> dict[str, object]:
    return {"authority_id": consultation.authority_id, "consultation_id": consultation.id}
