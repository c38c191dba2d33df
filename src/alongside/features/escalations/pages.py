"""Pages of escalations: the list or caseload, the CSV export, and the page of one escalation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.escalations import queries
from alongside.features.escalations.access_log import pages as access
from alongside.features.escalations.access_log.actions import note_reading, note_readings
from alongside.features.escalations.access_policy import may_escalation
from alongside.features.escalations.caseload import pages as caseload
from alongside.features.escalations.caseload.queries import GROUPS, Workload, desk_of
from alongside.features.escalations.deadlines import STAGES, clock_label, clock_status, days_for
from alongside.features.escalations.export import ATTEMPTS, Attempt, attempt_of, escalations_as_csv
from alongside.features.escalations.files import pages as files
from alongside.features.escalations.files.queries import FILES, FileRow
from alongside.features.escalations.labels import (
    STATES,
    outcome_label,
    reason_label,
    result_label,
    waiting_message,
)
from alongside.features.escalations.matching_requests import pages as matching
from alongside.features.escalations.matching_requests.queries import REQUESTS, RequestRow
from alongside.features.escalations.models import ACCEPT_RETURN, CLOSE
from alongside.features.escalations.officer_notes import pages as notes
from alongside.features.escalations.parts import parts_of
from alongside.features.escalations.pauses import PAUSES
from alongside.features.escalations.pdf import pages as pdf
from alongside.features.escalations.queries import OTHERS_OF_SCHOOL
from alongside.features.escalations.raising import pages as raising
from alongside.features.escalations.raising.queries import DEFERRED
from alongside.features.escalations.raising.suggestions import Suggestion, suggestions
from alongside.features.escalations.referral import pages as referral
from alongside.features.escalations.reporting import pages as reporting
from alongside.features.escalations.resource import may_act, parts_with_buttons
from alongside.features.escalations.rows import EscalationLine, EscalationRow
from alongside.features.escalations.selection import pages as selection
from alongside.features.escalations.state_changes import pages as changes
from alongside.features.escalations.statutory import pages as statutory
from alongside.features.escalations.statutory.forms import GROUNDS_OF_A_STEP
from alongside.features.escalations.statutory.queries import OVERRULINGS, STEPS_TAKEN, OverrulingRow, StepRow
from alongside.features.escalations.statutory.steps import GROUNDS, RECIPIENTS, STEPS, Step
from alongside.features.escalations.tasks import pages as tasks
from alongside.features.escalations.tasks.queries import CRITERIA, TASKS, CriterionRow, TaskRow
from alongside.features.escalations.timeline import TimelineEntry, timeline_of
from alongside.features.escalations.triage import pages as triage
from alongside.features.escalations.visits import pages as visits
from alongside.features.escalations.visits.queries import VISITS, VisitRow
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.combined_reads import CombinedRows
from alongside.platform.forms.action import ActionButton, buttons_for
from alongside.platform.uploads.file_types import FILE_TYPES, FileType
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import ContinueAfterCommit, Download, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV

SEE = Permission.VIEW_ESCALATION


@dataclass(frozen=True, kw_only=True)
class EscalationList(PageContext):
    """A page of the open or past escalations of a person, and the schools for which one is suggested."""

    template = "escalations/list.html"

    settings: AuthoritySettings
    STATES: Mapping[str, str]
    escalations: Sequence[EscalationLine]
    show: str
    number: int
    more: bool
    raises: bool
    suggested: Sequence[Suggestion]


@dataclass(frozen=True, kw_only=True)
class Caseload(PageContext):
    """A page of a list of the core team, with the counts of all lists and the hours of its officers."""

    template = "escalations/desk.html"
    fragment = "escalations/_desk.html"

    settings: AuthoritySettings
    STATES: Mapping[str, str]
    escalations: Sequence[EscalationLine]
    group: str
    groups: Mapping[str, str]
    counts: Mapping[str, int]
    officers: Sequence[Workload]
    number: int
    more: bool
    now: datetime


@dataclass(frozen=True, kw_only=True)
class EscalationPage(PageContext):
    """One escalation: its parts, what this person can do with each, and the labels of what is recorded.

    `untold` is why the headteacher was not told, `works_on` whether this person contributes, `handles` whether they
    manage it, `notes` whether they read officers' notes, and `links` whether they may open what was tried.
    """

    template = "escalations/show.html"

    settings: AuthoritySettings
    STATES: Mapping[str, str]
    STEPS: Mapping[str, Step]
    RECIPIENTS: Mapping[str, str]
    GROUNDS: Mapping[str, str]
    STEP_GROUNDS: Mapping[str, str]
    FILE_TYPES: Mapping[str, FileType]
    escalation: EscalationRow
    waiting: str | None
    clock: str | None
    reason: str
    tried: Sequence[Attempt]
    others: Sequence[EscalationLine]
    untold: str | None
    outcome: str | None
    result: str | None
    asked: Sequence[RequestRow]
    steps: Sequence[StepRow]
    overrulings: Sequence[OverrulingRow]
    entries: Sequence[TimelineEntry]
    criteria: Sequence[tuple[CriterionRow, Sequence[ActionButton]]]
    tasks: Sequence[tuple[TaskRow, Sequence[ActionButton]]]
    visits: Sequence[tuple[VisitRow, Sequence[ActionButton]]]
    files: Sequence[tuple[FileRow, Sequence[ActionButton]]]
    moves: Sequence[ActionButton]
    additions: Sequence[ActionButton]
    decide: ActionButton | None
    notify_school: ActionButton | None
    send_held: ActionButton | None
    ask_matching: ActionButton | None
    cannot_close: bool
    works_on: bool
    handles: bool
    notes: bool
    for_school: bool
    links: bool


@endpoint.get("/escalations", permission=SEE)
async def list_escalations(ctx: PageRequest) -> PageResult:
    """List the escalations this person can see; the core team gets its caseload."""
    number = number_of_page(ctx.query.one("page"))
    over = ctx.query.one("show") == "past"
    if has_permission(ctx.person, Permission.MANAGE_ESCALATION) and not over:
        return await _desk(ctx, ctx.query.one("show"), number)
    rows, more = await queries.escalations_of(ctx.session, ctx.person, over=over, page=number)
    raises = has_permission(ctx.person, Permission.RAISE_ESCALATION)
    return Page(
        EscalationList(
            settings=settings_of(ctx.person.authority_id),
            STATES=STATES,
            escalations=rows,
            show="past" if over else "",
            number=number,
            more=more,
            raises=raises,
            suggested=await suggestions(ctx.session, ctx.person) if raises and not over else [],
        )
    )


@endpoint.get("/escalations.csv", permission=SEE)
async def list_escalations_as_csv(ctx: PageRequest) -> PageResult:
    """Export the escalations this person can see as CSV; each is logged as read."""
    rows = await queries.all_escalations_of(ctx.session, ctx.person)
    answer = Download(escalations_as_csv(settings_of(ctx.person.authority_id), rows), "escalations.csv", CSV)
    database = ctx.app.database

    async def note_and_hand_over() -> PageResult:
        await note_readings(database, ctx.person, [row.id for row in rows], "export")
        return answer

    return ContinueAfterCommit(note_and_hand_over, in_turn=True)


@endpoint.get("/escalations/{escalation_id:uuid}", permission=SEE)
async def show_escalation(ctx: PageRequest, escalation_id: UUID) -> PageResult:
    """Show one escalation with the parts this person may read; the access is logged before the page is shown."""
    row = await queries.get_escalation(ctx.session, ctx.person, SEE, escalation_id)
    parts = await parts_of(ctx.session, ctx.person, row)
    answer = Page(_escalation(ctx.person, row, parts, await _clock(ctx.session, ctx.person, row, parts)))
    database = ctx.app.database

    async def note_and_show() -> PageResult:
        await note_reading(database, ctx.person, escalation_id)
        return answer

    return ContinueAfterCommit(note_and_show, in_turn=True)


async def _desk(ctx: PageRequest, group: str, number: int) -> Page:
    group = group if group in GROUPS else "mine"
    desk = await desk_of(ctx.session, ctx.person, group, number)
    return Page(
        Caseload(
            settings=settings_of(ctx.person.authority_id),
            STATES=STATES,
            escalations=desk.escalations,
            group=group,
            groups=GROUPS,
            counts=desk.counts,
            officers=desk.officers,
            number=number,
            more=desk.more,
            now=datetime.now(UTC),
        )
    )


def _escalation(
    person: Principal, row: EscalationRow, parts: CombinedRows, clock: str | None
) -> EscalationPage:
    settings = settings_of(person.authority_id)
    return EscalationPage(
        settings=settings,
        STATES=STATES,
        STEPS=STEPS,
        RECIPIENTS=RECIPIENTS,
        GROUNDS=GROUNDS,
        STEP_GROUNDS=GROUNDS_OF_A_STEP,
        FILE_TYPES=FILE_TYPES,
        escalation=row,
        waiting=waiting_message(settings, row),
        clock=clock,
        reason=reason_label(settings, row),
        tried=[attempt_of(one) for one in parts.of(ATTEMPTS)],
        others=parts.of(OTHERS_OF_SCHOOL),
        untold=next(iter(parts.of(DEFERRED)), None),
        outcome=outcome_label(row),
        result=result_label(row),
        asked=parts.of(REQUESTS),
        steps=parts.of(STEPS_TAKEN),
        overrulings=parts.of(OVERRULINGS),
        entries=timeline_of(person, parts),
        criteria=parts_with_buttons(person, row, parts.of(CRITERIA), tasks.CRITERION_ACTIONS),
        tasks=parts_with_buttons(person, row, parts.of(TASKS), tasks.TASK_ACTIONS),
        visits=parts_with_buttons(person, row, parts.of(VISITS), (visits.CORRECT_VISIT,)),
        files=parts_with_buttons(person, row, parts.of(FILES), (files.REMOVE_FILE,)),
        moves=buttons_for(person, row, MOVES),
        additions=buttons_for(person, row, ADDITIONS),
        decide=triage.DECIDE.button(person, row),
        notify_school=raising.NOTIFY_SCHOOL.button(person, row),
        send_held=raising.SEND_HELD_MESSAGE.button(person, row),
        ask_matching=matching.ASK_MATCHING.button(person, row),
        cannot_close=row.open_task and row.state in (*CLOSE.starts, *ACCEPT_RETURN.starts),
        works_on=may_act(person, Permission.CONTRIBUTE_TO_ESCALATION, row),
        handles=may_escalation(person, Permission.MANAGE_ESCALATION, row),
        notes=may_escalation(person, Permission.VIEW_OFFICER_NOTES, row),
        for_school=person.school_urn == row.school_urn,
        links=person.school_urn is None,
    )


async def _clock(
    session: AsyncSession, person: Principal, row: EscalationRow, parts: CombinedRows
) -> str | None:
    """The clock of the current deadline as text; None if nothing is due."""
    if row.deadline_kind is None or row.clock_began_at is None:
        return None
    days = days_for(settings_of(person.authority_id), row.urgency, row.deadline_kind)
    calendar = await calendar_of_school(session, person.authority_id, row.school_urn)
    reading = clock_status(calendar, row.clock_began_at, days, parts.of(PAUSES), datetime.now(UTC))
    label = clock_label(reading)
    return f"{STAGES[row.deadline_kind]}: {label[:1].lower()}{label[1:]}"


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
    *selection.routes,
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
