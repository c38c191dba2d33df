"""Pages of escalations: the list or caseload, the CSV export, and the page of one escalation."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.escalations import queries
from alongside.features.escalations.access_log import pages as access
from alongside.features.escalations.access_log.actions import note_reading, note_readings
from alongside.features.escalations.access_policy import may_escalation
from alongside.features.escalations.caseload import pages as caseload
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
from alongside.features.escalations.matching_requests import pages as matching
from alongside.features.escalations.matching_requests.queries import asked_of, matching_request_result
from alongside.features.escalations.models import ACCEPT_RETURN, CLOSE
from alongside.features.escalations.officer_notes import pages as notes
from alongside.features.escalations.pdf import pages as pdf
from alongside.features.escalations.raising import pages as raising
from alongside.features.escalations.raising.suggestions import suggestions
from alongside.features.escalations.referral import pages as referral
from alongside.features.escalations.reminders.queries import reminder_entries
from alongside.features.escalations.reporting import pages as reporting
from alongside.features.escalations.resource import may_act, parts_with_buttons
from alongside.features.escalations.state_changes import pages as changes
from alongside.features.escalations.statutory import pages as statutory
from alongside.features.escalations.statutory.forms import GROUNDS_OF_A_STEP
from alongside.features.escalations.statutory.queries import overrulings_of, steps_taken
from alongside.features.escalations.statutory.steps import GROUNDS, RECIPIENTS, STEPS, powers_lapse_on
from alongside.features.escalations.tasks import pages as tasks
from alongside.features.escalations.tasks.queries import criteria_of, tasks_of
from alongside.features.escalations.transitions import calendar_of_escalation, pauses_of
from alongside.features.escalations.triage import pages as triage
from alongside.features.escalations.visits import pages as visits
from alongside.features.escalations.visits.queries import visits_of
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import buttons_for
from alongside.platform.uploads.file_types import FILE_TYPES
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import (
    ContinueAfterCommit,
    Download,
    Page,
    PageResult,
    TemplateVariables,
)
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV

SEE = Permission.VIEW_ESCALATION


@endpoint.get("/escalations", permission=SEE)
async def list_escalations(ctx: PageRequest) -> PageResult:
    """List the escalations this person can see; the core team gets its caseload."""
    question = ctx.query
    number = number_of_page(question.one("page"))
    over = question.one("show") == "past"
    if has_permission(ctx.person, Permission.MANAGE_ESCALATION) and not over:
        return await _desk(ctx.session, ctx.person, question.one("show"), number)
    rows, more = await queries.escalations_of(ctx.session, ctx.person, over=over, page=number)
    raises = has_permission(ctx.person, Permission.RAISE_ESCALATION)
    context = {
        "escalations": rows,
        "show": "past" if over else "",
        "number": number,
        "more": more,
        "raises": raises,
        "suggested": await suggestions(ctx.session, ctx.person) if raises and not over else [],
        **_words(ctx.person),
    }
    return Page(TemplateVariables("escalations/list.html", context))


@endpoint.get("/escalations.csv", permission=SEE)
async def list_escalations_as_csv(ctx: PageRequest) -> PageResult:
    """Export the escalations this person can see as CSV; each is logged as read."""
    rows = await queries.all_escalations_of(ctx.session, ctx.person)
    answer = Download(escalations_as_csv(settings_of(ctx.person.authority_id), rows), "escalations.csv", CSV)
    database = ctx.app.database

    async def note_and_hand_over() -> PageResult:
        await note_readings(database, ctx.person, [row.id for row in rows], "export")
        return answer

    return ContinueAfterCommit(note_and_hand_over)


@endpoint.get("/escalations/{escalation_id:uuid}", permission=SEE)
async def show_escalation(ctx: PageRequest, escalation_id: UUID) -> PageResult:
    """Show one escalation with the parts this person may read; the access is logged before the page is shown."""
    row = await queries.get_escalation(ctx.session, ctx.person, SEE, escalation_id)
    answer = Page(TemplateVariables("escalations/show.html", await _escalation(ctx.session, ctx.person, row)))
    database = ctx.app.database

    async def note_and_show() -> PageResult:
        await note_reading(database, ctx.person, escalation_id)
        return answer

    return ContinueAfterCommit(note_and_show)


async def _desk(session: AsyncSession, person: Principal, group: str, number: int) -> Page:
    group = group if group in desk_queries.GROUPS else "mine"
    rows, more = await desk_queries.escalations_on_desk(session, person, group, number)
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
    return Page(TemplateVariables("escalations/desk.html", context, fragment="escalations/_desk.html"))


async def _escalation(session: AsyncSession, person: Principal, row: Any) -> dict[str, Any]:
    settings = settings_of(person.authority_id)
    deferred = await queries.of_escalation(session, person, queries.DEFERRED, row.id)
    return {
        "escalation": row,
        "waiting": waiting_message(settings, row),
        "clock": await _clock(session, person, row),
        "reason": reason_label(settings, row),
        "tried": await tried_of(session, person, row.id),
        "others": await queries.others_of_school(session, person, row) if row.other_open else (),
        "untold": deferred[0].why if deferred else None,
        "outcome": outcome_label(row),
        "result": result_label(row),
        "asked": await asked_of(session, person, row.id),
        "matching_request_result": matching_request_result,
        "steps": await steps_taken(session, person, row.id),
        "overrulings": await overrulings_of(session, person, row.id),
        "entries": await _timeline(session, person, row),
        **await _parts(session, person, row),
        **_buttons(person, row),
        "works_on": may_act(person, Permission.CONTRIBUTE_TO_ESCALATION, row),
        "handles": may_escalation(person, Permission.MANAGE_ESCALATION, row),
        "notes": may_escalation(person, Permission.VIEW_OFFICER_NOTES, row),
        "for_school": person.school_urn == row.school_urn,
        "links": person.school_urn is None,
        **_words(person),
    }


async def _parts(session: AsyncSession, person: Principal, row: Any) -> dict[str, Any]:
    """Return the parts of an escalation, each with its buttons."""
    return {
        "criteria": parts_with_buttons(
            person, row, await criteria_of(session, person, row.id), tasks.CRITERION_ACTIONS
        ),
        "tasks": parts_with_buttons(person, row, await tasks_of(session, person, row.id), tasks.TASK_ACTIONS),
        "visits": parts_with_buttons(
            person, row, await visits_of(session, person, row.id), (visits.CORRECT_VISIT,)
        ),
        "files": parts_with_buttons(
            person, row, await files_of(session, person, row.id), (files.REMOVE_FILE,)
        ),
    }


def _buttons(person: Principal, row: Any) -> dict[str, Any]:
    """Return the buttons of an escalation, and whether only its open actions keep it from closing."""
    return {
        "moves": buttons_for(person, row, MOVES),
        "additions": buttons_for(person, row, ADDITIONS),
        "decide": triage.DECIDE.button(person, row),
        "notify_school": raising.NOTIFY_SCHOOL.button(person, row),
        "ask_matching": matching.ASK_MATCHING.button(person, row),
        "cannot_close": row.open_task and row.state in (*CLOSE.starts, *ACCEPT_RETURN.starts),
    }


async def _timeline(session: AsyncSession, person: Principal, row: Any) -> list[TimelineEntry]:
    """The timeline, newest first; it includes the reminders sent, except for the school."""
    entries = timeline_entry(await queries.of_escalation(session, person, queries.EVENTS, row.id))
    if person.school_urn is None:
        reminded = await reminder_entries(session, person.authority_id, row.id)
        entries += [TimelineEntry(at, who, words, None) for at, who, words in reminded]
    return sorted(entries, key=lambda one: one.at, reverse=True)


async def _clock(session: AsyncSession, person: Principal, row: Any) -> str | None:
    """The clock of the current deadline as text; None if nothing is due."""
    if row.deadline_kind is None:
        return None
    days = days_for(settings_of(person.authority_id), row.urgency, row.deadline_kind)
    pauses = await pauses_of(session, person, row.id)
    calendar = await calendar_of_escalation(session, person, row)
    reading = clock_status(calendar, row.clock_began_at, days, pauses, datetime.now(UTC))
    return f"{STAGES[row.deadline_kind]}: {clock_label(reading)[:1].lower()}{clock_label(reading)[1:]}"


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


MOVES = (
    changes.ACKNOWLEDGE,
    triage.AGREE_PLAN,
    changes.RESUME,
    changes.REVIEW,
    changes.OFFER_RETURN,
    changes.ACCEPT_RETURN,
    changes.NOT_YET,
    changes.WAIT,
    changes.STEP_UP,
    changes.STEP_DOWN,
    changes.CLOSE,
    triage.DECIDE,
    changes.WITHDRAW,
    triage.MERGE,
    changes.REOPEN,
)
"""The actions that change the state, the most likely first."""

ADDITIONS = (
    tasks.AGREE_TASK,
    visits.RECORD_VISIT,
    files.ADD_FILE,
    triage.ASSIGN,
    access.NAME_READER,
    statutory.RECORD_STEP,
    referral.ANSWER_REFERRAL,
    statutory.OVERRULE,
)
"""What can be added to an open escalation."""

routes = [
    *raising.routes,
    *changes.routes,
    *triage.routes,
    *matching.routes,
    *tasks.routes,
    *visits.routes,
    *notes.routes,
    *files.routes,
    *statutory.routes,
    *referral.routes,
    *access.routes,
    *pdf.routes,
    *reporting.routes,
    *caseload.routes,
    list_escalations,
    list_escalations_as_csv,
    show_escalation,
]
