"""The pages of cases: the list or the desk, and one case with all that belongs to it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import allowed_at_all
from alongside.authorities import settings_of
from alongside.escalations import queries
from alongside.escalations.acts import moves_offered, work_offered
from alongside.escalations.asking import interests_of
from alongside.escalations.clock import STAGES, days_for, in_words, read_clock
from alongside.escalations.deciding import pages as deciding
from alongside.escalations.desk import pages as desk
from alongside.escalations.desk import queries as desk_queries
from alongside.escalations.files import pages as files
from alongside.escalations.files.kinds import KINDS
from alongside.escalations.files.queries import files_of
from alongside.escalations.handling import pages as handling
from alongside.escalations.learning import pages as learning
from alongside.escalations.listing import cases_as_csv, tried_of
from alongside.escalations.moving import calendar_of_case, pauses_of
from alongside.escalations.notes import pages as notes
from alongside.escalations.paper import pages as paper
from alongside.escalations.procuring import pages as procuring
from alongside.escalations.procuring.actions import LOOKED_FOR_IN
from alongside.escalations.procuring.queries import asked_of, came_of_it
from alongside.escalations.raising import pages as raising
from alongside.escalations.raising.queries import suggestions
from alongside.escalations.reading import pages as reading
from alongside.escalations.reading.actions import note_reading, note_readings
from alongside.escalations.referral import pages as referral
from alongside.escalations.seats import may_case
from alongside.escalations.statutory import pages as statutory
from alongside.escalations.statutory.forms import GROUNDS_OF_A_STEP
from alongside.escalations.statutory.ladder import GROUNDS, RECIPIENTS, STEPS, powers_lapse_on
from alongside.escalations.statutory.queries import overrulings_of, steps_taken
from alongside.escalations.tasks import pages as tasks
from alongside.escalations.tasks.queries import criteria_of, tasks_of
from alongside.escalations.timers.queries import reminders_in_words
from alongside.escalations.visits import pages as visits
from alongside.escalations.visits.queries import visits_of
from alongside.escalations.words import (
    STATES,
    Told,
    outcome_in_words,
    pounds,
    reason_in_words,
    result_in_words,
    told_of,
    waits_for,
)
from alongside.needs.list import number_of_page
from alongside.web.answers import AfterCommit, Answer, Download, Page
from alongside.web.gate import page
from alongside.web.spreadsheet import CSV
from alongside.web.typed import asked

SEE = Permission.SEE_CASE


@page.get("/cases", permission=SEE)
async def list_cases(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The cases in which somebody has a part; for the core team their desk."""
    question = asked(request)
    number = number_of_page(question.one("page"))
    over = question.one("show") == "past"
    if allowed_at_all(person, Permission.HANDLE_CASE) and not over:
        return await _desk(session, person, question.one("show"), number)
    rows, more = await queries.cases_of(session, person, over=over, page=number)
    raises = allowed_at_all(person, Permission.RAISE_CASE)
    context = {
        "cases": rows,
        "show": "past" if over else "",
        "number": number,
        "more": more,
        "raises": raises,
        "suggested": await suggestions(session, person) if raises and not over else [],
        **_words(person),
    }
    return Page("cases/list.html", context)


@page.get("/cases.csv", permission=SEE)
async def list_cases_as_csv(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The cases in which somebody has a part, for a spreadsheet; each is written down as read."""
    rows = await queries.all_cases_of(session, person)
    answer = Download(cases_as_csv(settings_of(person.authority_id), rows), "cases.csv", CSV)
    database = request.app.state.house.database

    async def note_and_hand_over() -> Answer:
        await note_readings(database, person, [row.id for row in rows], "export")
        return answer

    return AfterCommit(note_and_hand_over)


@page.get("/cases/{case_id:uuid}", permission=SEE)
async def show_case(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """One case, as far as this person reads it; the reading is written down before it is shown."""
    row = await queries.case_to(session, person, SEE, case_id)
    answer = Page("cases/show.html", await _case(session, person, row))
    database = request.app.state.house.database

    async def note_and_show() -> Answer:
        await note_reading(database, person, case_id)
        return answer

    return AfterCommit(note_and_show)


async def _desk(session: AsyncSession, person: Person, group: str, number: int) -> Page:
    group = group if group in desk_queries.GROUPS else "mine"
    rows, more = await desk_queries.desk_list(session, person, group, number)
    context = {
        "cases": rows,
        "group": group,
        "groups": desk_queries.GROUPS,
        "counts": await desk_queries.desk_counts(session, person),
        "officers": await desk_queries.committed(session, person),
        "number": number,
        "more": more,
        "now": datetime.now(UTC),
        **_words(person),
    }
    return Page("cases/desk.html", context, fragment="cases/_desk.html")


async def _case(session: AsyncSession, person: Person, row: Any) -> dict[str, Any]:
    settings = settings_of(person.authority_id)
    interests = await interests_of(session, person)
    others = await queries.others_of_school(session, person, row)
    untold = await queries.of_case(session, person, queries.UNTOLD, row.id)
    return {
        "case": row,
        "waiting": waits_for(settings, row),
        "clock": await _clock(session, person, row),
        "reason": reason_in_words(settings, row),
        "tried": await tried_of(session, person, row.id),
        "others": others,
        "untold": untold[0].why if untold else None,
        "outcome": outcome_in_words(row),
        "result": result_in_words(row),
        "asked": await asked_of(session, person, row.id),
        "came_of_it": came_of_it,
        "criteria": await criteria_of(session, person, row.id),
        "tasks": await tasks_of(session, person, row.id),
        "visits": await visits_of(session, person, row.id),
        "files": await files_of(session, person, row.id),
        "steps": await steps_taken(session, person, row.id),
        "overrulings": await overrulings_of(session, person, row.id),
        "entries": await _story(session, person, row),
        "moves": [one for one in moves_offered(person, row, interests) if one.noun != "merger" or others],
        "works": work_offered(person, row, interests),
        "interest": row.school_urn in interests,
        "finds": may_case(person, Permission.HANDLE_CASE, row)
        and row.school_urn not in interests
        and row.state in LOOKED_FOR_IN
        and row.outcome in (None, "procured"),
        "works_on": may_case(person, Permission.WORK_ON_CASE, row) and row.school_urn not in interests,
        "handles": may_case(person, Permission.HANDLE_CASE, row),
        "notes": may_case(person, Permission.SEE_OFFICERS_NOTES, row),
        "for_school": person.school_urn == row.school_urn,
        "links": person.school_urn is None,
        **_words(person),
    }


async def _story(session: AsyncSession, person: Person, row: Any) -> list[Told]:
    """What happened, newest first; for all but the school, also who was reminded of what."""
    told = told_of(await queries.of_case(session, person, queries.EVENTS, row.id))
    if person.school_urn is None:
        reminded = await reminders_in_words(session, person.authority_id, row.id)
        told += [Told(at, who, words, None) for at, who, words in reminded]
    return sorted(told, key=lambda one: one.at, reverse=True)


async def _clock(session: AsyncSession, person: Person, row: Any) -> str | None:
    """How the clock of what is due stands, in words; None where nothing is due."""
    if row.stage is None:
        return None
    days = days_for(settings_of(person.authority_id), row.urgency, row.stage)
    pauses = await pauses_of(session, person, row.id)
    calendar = await calendar_of_case(session, person, row)
    reading = read_clock(calendar, row.stage_began_at, days, pauses, datetime.now(UTC))
    return f"{STAGES[row.stage]}: {in_words(reading)[:1].lower()}{in_words(reading)[1:]}"


def _words(person: Person) -> dict[str, Any]:
    return {
        "STATES": STATES,
        "STEPS": STEPS,
        "RECIPIENTS": RECIPIENTS,
        "GROUNDS": GROUNDS,
        "STEP_GROUNDS": GROUNDS_OF_A_STEP,
        "powers_lapse_on": powers_lapse_on,
        "KINDS": KINDS,
        "pounds": pounds,
        "settings": settings_of(person.authority_id),
    }


routes = [
    *raising.routes,
    *handling.routes,
    *deciding.routes,
    *procuring.routes,
    *tasks.routes,
    *visits.routes,
    *notes.routes,
    *files.routes,
    *statutory.routes,
    *referral.routes,
    *reading.routes,
    *paper.routes,
    *learning.routes,
    *desk.routes,
    list_cases,
    list_cases_as_csv,
    show_case,
]
