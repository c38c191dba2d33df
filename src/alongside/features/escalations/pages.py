"""Pages of escalations: the list or caseload, the CSV export, and the page of one escalation."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.escalations import queries
from alongside.features.escalations.access_log import pages as reading
from alongside.features.escalations.access_log.actions import note_reading, note_readings
from alongside.features.escalations.access_policy import may_escalation
from alongside.features.escalations.available_actions import available_additions, available_transitions
from alongside.features.escalations.caseload import pages as desk
from alongside.features.escalations.caseload import queries as desk_queries
from alongside.features.escalations.deadlines import STAGES, clock_label, clock_status, days_for
from alongside.features.escalations.export import escalations_as_csv, tried_of
from alongside.features.escalations.files import pages as files
from alongside.features.escalations.files.queries import files_of
from alongside.features.escalations.labels import (
    STATES,
    TimelineEntry,
    outcome_label,
    reason_label,
    result_label,
    timeline_entry,
    waiting_message,
)
from alongside.features.escalations.matching_requests import pages as procuring
from alongside.features.escalations.matching_requests.actions import LOOKED_FOR_IN
from alongside.features.escalations.matching_requests.queries import asked_of, came_of_it
from alongside.features.escalations.officer_notes import pages as notes
from alongside.features.escalations.pdf import pages as paper
from alongside.features.escalations.raising import pages as raising
from alongside.features.escalations.raising.queries import suggestions
from alongside.features.escalations.referral import pages as referral
from alongside.features.escalations.reminders.queries import reminder_entries
from alongside.features.escalations.reporting import pages as learning
from alongside.features.escalations.requester import interests_of
from alongside.features.escalations.state_changes import pages as handling
from alongside.features.escalations.statutory import pages as statutory
from alongside.features.escalations.statutory.forms import GROUNDS_OF_A_STEP
from alongside.features.escalations.statutory.queries import overrulings_of, steps_taken
from alongside.features.escalations.statutory.steps import GROUNDS, RECIPIENTS, STEPS, powers_lapse_on
from alongside.features.escalations.tasks import pages as tasks
from alongside.features.escalations.tasks.queries import criteria_of, tasks_of
from alongside.features.escalations.transitions import calendar_of_escalation, pauses_of
from alongside.features.escalations.triage import pages as deciding
from alongside.features.escalations.visits import pages as visits
from alongside.features.escalations.visits.queries import visits_of
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.uploads.file_types import FILE_TYPES
from alongside.platform.web.form_data import asked
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import ContinueAfterCommit, Download, Page, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV

SEE = Permission.VIEW_ESCALATION


@endpoint.get("/escalations", permission=SEE)
async def list_escalations(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """List the escalations this person can see; the core team gets its caseload."""
    question = asked(request)
    number = number_of_page(question.one("page"))
    over = question.one("show") == "past"
    if has_permission(person, Permission.MANAGE_ESCALATION) and not over:
        return await _desk(session, person, question.one("show"), number)
    rows, more = await queries.escalations_of(session, person, over=over, page=number)
    raises = has_permission(person, Permission.RAISE_ESCALATION)
    context = {
        "escalations": rows,
        "show": "past" if over else "",
        "number": number,
        "more": more,
        "raises": raises,
        "suggested": await suggestions(session, person) if raises and not over else [],
        **_words(person),
    }
    return Page("escalations/list.html", context)


@endpoint.get("/escalations.csv", permission=SEE)
async def list_escalations_as_csv(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Export the escalations this person can see as CSV; each is logged as read."""
    rows = await queries.all_escalations_of(session, person)
    answer = Download(escalations_as_csv(settings_of(person.authority_id), rows), "escalations.csv", CSV)
    database = request.app.state.app_context.database

    async def note_and_hand_over() -> PageResult:
        await note_readings(database, person, [row.id for row in rows], "export")
        return answer

    return ContinueAfterCommit(note_and_hand_over)


@endpoint.get("/escalations/{escalation_id:uuid}", permission=SEE)
async def show_escalation(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Show one escalation with the parts this person may read; the access is logged before the page is shown."""
    row = await queries.get_escalation(session, person, SEE, escalation_id)
    answer = Page("escalations/show.html", await _escalation(session, person, row))
    database = request.app.state.app_context.database

    async def note_and_show() -> PageResult:
        await note_reading(database, person, escalation_id)
        return answer

    return ContinueAfterCommit(note_and_show)


async def _desk(session: AsyncSession, person: Principal, group: str, number: int) -> Page:
    group = group if group in desk_queries.GROUPS else "mine"
    rows, more = await desk_queries.desk_list(session, person, group, number)
    context = {
        "escalations": rows,
        "group": group,
        "groups": desk_queries.GROUPS,
        "counts": await desk_queries.desk_counts(session, person),
        "officers": await desk_queries.committed(session, person),
        "number": number,
        "more": more,
        "now": datetime.now(UTC),
        **_words(person),
    }
    return Page("escalations/desk.html", context, fragment="escalations/_desk.html")


async def _escalation(session: AsyncSession, person: Principal, row: Any) -> dict[str, Any]:
    settings = settings_of(person.authority_id)
    interests = await interests_of(session, person)
    others = await queries.others_of_school(session, person, row)
    deferred = await queries.of_escalation(session, person, queries.DEFERRED, row.id)
    return {
        "escalation": row,
        "waiting": waiting_message(settings, row),
        "clock": await _clock(session, person, row),
        "reason": reason_label(settings, row),
        "tried": await tried_of(session, person, row.id),
        "others": others,
        "untold": deferred[0].why if deferred else None,
        "outcome": outcome_label(row),
        "result": result_label(row),
        "asked": await asked_of(session, person, row.id),
        "came_of_it": came_of_it,
        "criteria": await criteria_of(session, person, row.id),
        "tasks": await tasks_of(session, person, row.id),
        "visits": await visits_of(session, person, row.id),
        "files": await files_of(session, person, row.id),
        "steps": await steps_taken(session, person, row.id),
        "overrulings": await overrulings_of(session, person, row.id),
        "entries": await _timeline(session, person, row),
        "moves": [
            one for one in available_transitions(person, row, interests) if one.noun != "merger" or others
        ],
        "works": available_additions(person, row, interests),
        "interest": row.school_urn in interests,
        "finds": may_escalation(person, Permission.MANAGE_ESCALATION, row, interests)
        and row.state in LOOKED_FOR_IN
        and row.outcome in (None, "procured"),
        "works_on": may_escalation(person, Permission.CONTRIBUTE_TO_ESCALATION, row, interests),
        "handles": may_escalation(person, Permission.MANAGE_ESCALATION, row),
        "notes": may_escalation(person, Permission.VIEW_OFFICER_NOTES, row),
        "for_school": person.school_urn == row.school_urn,
        "links": person.school_urn is None,
        **_words(person),
    }


async def _timeline(session: AsyncSession, person: Principal, row: Any) -> list[TimelineEntry]:
    """The timeline, newest first; it includes the reminders sent, except for the school."""
    told = timeline_entry(await queries.of_escalation(session, person, queries.EVENTS, row.id))
    if person.school_urn is None:
        reminded = await reminder_entries(session, person.authority_id, row.id)
        told += [TimelineEntry(at, who, words, None) for at, who, words in reminded]
    return sorted(told, key=lambda one: one.at, reverse=True)


async def _clock(session: AsyncSession, person: Principal, row: Any) -> str | None:
    """The clock of the current stage as text; None if nothing is due."""
    if row.stage is None:
        return None
    days = days_for(settings_of(person.authority_id), row.urgency, row.stage)
    pauses = await pauses_of(session, person, row.id)
    calendar = await calendar_of_escalation(session, person, row)
    reading = clock_status(calendar, row.stage_began_at, days, pauses, datetime.now(UTC))
    return f"{STAGES[row.stage]}: {clock_label(reading)[:1].lower()}{clock_label(reading)[1:]}"


def _words(person: Principal) -> dict[str, Any]:
    return {
        "STATES": STATES,
        "STEPS": STEPS,
        "RECIPIENTS": RECIPIENTS,
        "GROUNDS": GROUNDS,
        "STEP_GROUNDS": GROUNDS_OF_A_STEP,
        "powers_lapse_on": powers_lapse_on,
        "FILE_TYPES": FILE_TYPES,
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
    list_escalations,
    list_escalations_as_csv,
    show_escalation,
]
