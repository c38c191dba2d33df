"""Deadlines of visit records, counted in school days of both schools, and of their answers, in those of one."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.parties import OTHER_SIDE, Sides, own_side, urn_on
from alongside.features.agreements.visit import Visit
from alongside.features.agreements.visits.queries import ANSWERS_TO_RECALCULATE, TO_RECALCULATE, VisitRow
from alongside.features.authorities import settings_of
from alongside.features.schools.term_dates.queries import calendar_of_school, calendars_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.reads import fetch_all
from alongside.platform.school_calendar.calendar import add_school_days


async def record_due(session: AsyncSession, person: Principal, row: Sides, visit_on: date) -> date:
    """The later of both schools' days that are the authority's number of school days after a visit."""
    days = settings_of(person.authority_id).periods.visit_record_due
    urns = {row.requesting_urn, row.supporting_urn}
    calendars = await calendars_of_schools(session, person.authority_id, urns)
    return max(add_school_days(calendar, visit_on, days) for calendar in calendars.values())


@dataclass(frozen=True, slots=True)
class AnswerExpected:
    """From when until when the other school answers the record of a visit."""

    answer_asked_on: date
    answer_due_on: date


async def answer_expected(session: AsyncSession, person: Principal, row: Sides) -> AnswerExpected:
    """The period that starts today for the school that did not record the visit, in its own school days."""
    urn = urn_on(OTHER_SIDE[own_side(person, Permission.RECORD_VISIT, row)], row)
    calendar = await calendar_of_school(session, person.authority_id, urn)
    days = settings_of(person.authority_id).periods.visit_answer_due
    return AnswerExpected(person.today, add_school_days(calendar, person.today, days))


async def recalculate_visit_answer_days(session: AsyncSession, person: Principal) -> int:
    """Move the last days to answer that the current calendars change, to today at the earliest.

    `person` is the system. Returns the number moved.
    """
    values = {"authority_id": person.authority_id, "today": person.today}
    rows = await fetch_all(session, ANSWERS_TO_RECALCULATE, values)
    days = settings_of(person.authority_id).periods.visit_answer_due
    calendars = await calendars_of_schools(session, person.authority_id, {row.answering_urn for row in rows})
    moved = 0
    for row in rows:
        asked_on = row.answer_asked_on or person.today
        due = max(add_school_days(calendars[row.answering_urn], asked_on, days), person.today)
        if row.answer_due_on is not None and due != row.answer_due_on:
            await _move(session, person, row, "answer_due_on", row.answer_due_on, due)
            moved += 1
    return moved


async def recalculate_record_days(session: AsyncSession, person: Principal) -> int:
    """Update the record deadline of planned visits that the current calendars change. Returns the number updated.

    `person` is the system. A visit with a sent reminder keeps its deadline.
    """
    rows = await fetch_all(session, TO_RECALCULATE, {"authority_id": person.authority_id})
    days = settings_of(person.authority_id).periods.visit_record_due
    urns = {urn for row in rows for urn in (row.requesting_urn, row.supporting_urn)}
    calendars = await calendars_of_schools(session, person.authority_id, urns)
    moved = 0
    for row in rows:
        schools = (row.requesting_urn, row.supporting_urn)
        due = max(add_school_days(calendars[urn], row.visit_on, days) for urn in schools)
        if due == row.record_due_on:
            continue
        await _move(session, person, row, "record_due_on", row.record_due_on, due)
        moved += 1
    return moved


async def _move(
    session: AsyncSession, person: Principal, row: VisitRow, column: str, old: date, due: date
) -> None:
    await session.execute(
        update(Visit)
        .where(Visit.authority_id == person.authority_id, Visit.id == row.id)
        .values({column: due})
        .execution_options(synchronize_session=False)
    )
    await record_audit(
        session,
        person,
        "recalculate_deadline",
        "visit",
        row.id,
        schools=(row.requesting_urn, row.supporting_urn),
        changes={column: [old.isoformat(), due.isoformat()]},
    )
