"""Commands on consultations: write, open, answer, withdraw, and record the decision."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict
from alongside.features.authorities import settings_of
from alongside.features.consultations.access_policy import identify_requester
from alongside.features.consultations.audience import school_phases, schools_to_ask
from alongside.features.consultations.models import (
    CLOSE,
    DECIDE,
    DRAFT,
    MOST_QUESTIONS,
    OPEN,
    WITHDRAW,
    Consultation,
    ConsultationAnswer,
    ConsultationQuestion,
    ConsultationSchool,
)
from alongside.features.consultations.notifying import notify_heads, path_of
from alongside.features.consultations.queries import (
    ConsultationRow,
    QuestionRow,
    all_asked_schools,
    counts_of,
    numbers_of,
    questions_of,
)
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.database.count_alone import count_alone
from alongside.platform.notifications import notify
from alongside.platform.school_calendar.calendar import add_school_days
from alongside.platform.web.formatting import format_count, format_weekday
from alongside.platform.workflow import apply_transition

IN_DRAFT = "This consultation has opened, so it no longer changes."
TOO_LATE = "The last day to answer has passed, so the answer can no longer change."
LABELS = {"title": "Title", "body": "Text", "school_days": "Period in school days"}
"""The values that an edit conflict compares."""


async def draft_consultation(session: AsyncSession, person: Principal, values: Mapping[str, object]) -> UUID:
    """Write a draft; returns its id."""
    await identify_requester(session, person)
    made = await session.execute(
        insert(Consultation)
        .values(authority_id=person.authority_id, created_by=person.id, state=DRAFT.end, **values)
        .returning(Consultation.id)
    )
    consultation_id = made.scalar_one()
    await record_audit(session, person, DRAFT.verb, "consultation", consultation_id)
    return consultation_id


async def edit_draft(
    session: AsyncSession,
    person: Principal,
    consultation: ConsultationRow,
    values: Mapping[str, object],
    version: int,
) -> None:
    """Change a draft. Raises ActionRefused once it has opened, EditConflict if it has changed since `version`."""
    _refuse_unless_draft(consultation)
    written = await session.execute(
        update(Consultation)
        .where(
            Consultation.authority_id == person.authority_id,
            Consultation.id == consultation.id,
            Consultation.version == version,
        )
        .values(version=version + 1, **values)
        .returning(Consultation.id)
        .execution_options(synchronize_session=False)
    )
    if written.first() is None:
        compared = ((label, values[name], getattr(consultation, name)) for name, label in LABELS.items())
        differences = [(label, str(mine), str(now)) for label, mine, now in compared if mine != now]
        raise EditConflict(differences, consultation.version)
    await record_audit(session, person, "edit_consultation", "consultation", consultation.id)


async def add_question(
    session: AsyncSession, person: Principal, consultation: ConsultationRow, values: Mapping[str, object]
) -> None:
    """Add a question at the end of a draft. Raises ActionRefused above the limit, or once it has opened."""
    _refuse_unless_draft(consultation)
    await count_alone(session, person.authority_id, f"questions of {consultation.id}")
    questions = await questions_of(session, consultation)
    if len(questions) >= MOST_QUESTIONS:
        raise ActionRefused(f"A consultation has {MOST_QUESTIONS} questions at most. Remove one first.")
    await session.execute(
        insert(ConsultationQuestion).values(
            authority_id=person.authority_id,
            consultation_id=consultation.id,
            number=max((one.number for one in questions), default=0) + 1,
            **values,
        )
    )
    await record_audit(session, person, "add_consultation_question", "consultation", consultation.id)


async def change_question(
    session: AsyncSession,
    person: Principal,
    consultation: ConsultationRow,
    question: QuestionRow,
    values: Mapping[str, object],
) -> None:
    """Change a question of a draft. Raises ActionRefused once the consultation has opened."""
    _refuse_unless_draft(consultation)
    await _write_question(session, person, question, values)
    await record_audit(session, person, "change_consultation_question", "consultation", consultation.id)


async def remove_question(
    session: AsyncSession, person: Principal, consultation: ConsultationRow, question: QuestionRow
) -> None:
    """Remove a question of a draft. Raises ActionRefused once the consultation has opened."""
    _refuse_unless_draft(consultation)
    await _write_question(session, person, question, {"removed_at": func.now()})
    await record_audit(session, person, "remove_consultation_question", "consultation", consultation.id)


async def _write_question(
    session: AsyncSession, person: Principal, question: QuestionRow, values: Mapping[str, object]
) -> None:
    await session.execute(
        update(ConsultationQuestion)
        .where(
            ConsultationQuestion.authority_id == person.authority_id, ConsultationQuestion.id == question.id
        )
        .values(**values)
    )


async def open_consultation(session: AsyncSession, person: Principal, consultation: ConsultationRow) -> None:
    """Open a draft: list the schools that are asked with their last days, and notify their headteachers.

    Raises ActionRefused without a question, or if no school is in the audience.
    """
    if not await questions_of(session, consultation):
        raise ActionRefused("Add a question before you open the consultation.", consultation.state)
    urns = await schools_to_ask(session, person, consultation.phase)
    if not urns:
        raise ActionRefused("No open school is in this audience. Choose another one.", consultation.state)
    calendars = await calendars_of_schools(session, person.authority_id, urns)
    last_days = {urn: add_school_days(calendars[urn], person.today, consultation.school_days) for urn in urns}
    await apply_transition(
        session,
        person,
        Consultation,
        consultation,
        OPEN,
        opens_on=person.today,
        closes_on=max(last_days.values()),
        school_phases=school_phases(person.authority_id, consultation.phase),
    )
    key = {"authority_id": person.authority_id, "consultation_id": consultation.id}
    rows = [key | {"school_urn": urn, "answer_by": day} for urn, day in last_days.items()]
    await session.execute(insert(ConsultationSchool), rows)
    await _notify_asked(session, person, consultation, last_days)


async def _notify_asked(
    session: AsyncSession, person: Principal, consultation: ConsultationRow, last_days: Mapping[int, date]
) -> None:
    by_day: dict[date, list[int]] = defaultdict(list)
    for urn, day in last_days.items():
        by_day[day].append(urn)
    team = settings_of(person.authority_id).words.core_team
    for day, urns in by_day.items():
        text = f"The {team} asks for your school’s answer: {consultation.title.rstrip('.?')}."
        text += f" Please answer by {format_weekday(day)}."
        once = f"consultation:{consultation.id}"
        await notify_heads(session, person, consultation.id, urns, "consultation", text, once)


async def answer_consultation(
    session: AsyncSession, person: Principal, consultation: ConsultationRow, answers: Mapping[str, str]
) -> None:
    """Give the answer of the person's school, or replace it; `answers` are by the id of the question.

    Raises ActionRefused after the school's last day, or unless the consultation is open. A trigger refuses it too.
    """
    if consultation.state != "open" or _is_late(person, consultation):
        raise ActionRefused(TOO_LATE, consultation.state)
    given = upsert(ConsultationAnswer).values(
        authority_id=person.authority_id,
        consultation_id=consultation.id,
        school_urn=person.school_urn,
        answers=answers,
        answered_by=person.id,
    )
    replaced = given.on_conflict_do_update(
        index_elements=["authority_id", "consultation_id", "school_urn"],
        set_={"answers": answers, "answered_by": person.id, "changed_at": func.now()},
    )
    with explain_constraints({"consultation_answered_in_time": TOO_LATE}, consultation.state):
        await session.execute(replaced)
    await record_audit(
        session,
        person,
        "answer_consultation",
        "consultation",
        consultation.id,
        schools=(person.school_urn,),
    )


async def withdraw_consultation(
    session: AsyncSession, person: Principal, consultation: ConsultationRow, why: str
) -> None:
    """Withdraw a consultation; the headteachers who were asked read the reason."""
    await apply_transition(
        session, person, Consultation, consultation, WITHDRAW, note=why, withdrawn_because=why
    )
    text = f"A consultation was withdrawn: {consultation.title.rstrip('.?')}. You do not need to answer."
    await _notify_all_asked(session, person, consultation, "consultation_withdrawn", text)


async def decide_consultation(
    session: AsyncSession, person: Principal, consultation: ConsultationRow, values: Mapping[str, object]
) -> None:
    """Record what was decided after a consultation, and notify the headteachers who were asked."""
    await apply_transition(session, person, Consultation, consultation, DECIDE, written=values)
    text = f"There is a decision after a consultation: {consultation.title.rstrip('.?')}."
    await _notify_all_asked(session, person, consultation, "consultation_decided", text)


async def close_consultation(session: AsyncSession, person: Principal, consultation: ConsultationRow) -> None:
    """Close a consultation whose last day has passed, and keep its numbers. `person` is the system."""
    numbers = await numbers_of(session, consultation)
    await apply_transition(
        session,
        person,
        Consultation,
        consultation,
        CLOSE,
        closed_at=func.now(),
        asked=numbers.asked,
        answered=numbers.answered,
        counts=await counts_of(session, consultation),
    )
    if consultation.created_by is not None:
        schools = format_count(numbers.asked, "school")
        text = f"{numbers.answered} of {schools} answered: {consultation.title.rstrip('.?')}. Record the decision."
        once = f"consultation_closed:{consultation.id}"
        to, path = [consultation.created_by], path_of(consultation.id)
        await notify(session, person, to, "consultation_closed", text, path, once=once)


async def move_last_days(
    session: AsyncSession, person: Principal, consultation_id: UUID, last_days: Mapping[int, date]
) -> None:
    """Move the last days of schools in an open consultation, and its own to the latest. `person` is the system."""
    for urn, day in last_days.items():
        await session.execute(
            update(ConsultationSchool)
            .where(
                ConsultationSchool.authority_id == person.authority_id,
                ConsultationSchool.consultation_id == consultation_id,
                ConsultationSchool.school_urn == urn,
            )
            .values(answer_by=day)
        )
    latest = select(func.max(ConsultationSchool.answer_by)).where(
        ConsultationSchool.authority_id == person.authority_id,
        ConsultationSchool.consultation_id == consultation_id,
    )
    await session.execute(
        update(Consultation)
        .where(Consultation.authority_id == person.authority_id, Consultation.id == consultation_id)
        .values(closes_on=latest.scalar_subquery())
        .execution_options(synchronize_session=False)
    )
    await record_audit(session, person, "recalculate_deadline", "consultation", consultation_id)


async def _notify_all_asked(
    session: AsyncSession, person: Principal, consultation: ConsultationRow, kind: str, text: str
) -> None:
    urns: Sequence[int] = [one.urn for one in await all_asked_schools(session, consultation)]
    if urns:
        await notify_heads(session, person, consultation.id, urns, kind, text, f"{kind}:{consultation.id}")


def _is_late(person: Principal, consultation: ConsultationRow) -> bool:
    return consultation.answer_by is None or consultation.answer_by < person.today


def _refuse_unless_draft(consultation: ConsultationRow) -> None:
    if consultation.state != "draft":
        raise ActionRefused(IN_DRAFT, consultation.state)
