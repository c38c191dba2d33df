"""Pages of consultations: the list, one consultation with its result, and the schools that are asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.features.consultations import queries
from alongside.features.consultations.answering import ANSWER
from alongside.features.consultations.managing import (
    ACTIONS,
    ADD_QUESTION,
    CHANGE_QUESTION,
    DECIDE,
    EDIT,
    NEW,
    OPEN,
    REMOVE_QUESTION,
    WITHDRAW,
)
from alongside.features.consultations.models import KINDS
from alongside.features.consultations.queries import (
    AskedSchool,
    ConsultationRow,
    Numbers,
    QuestionRow,
    get_consultation,
)
from alongside.features.consultations.resource import QuestionOfConsultation
from alongside.features.consultations.results import QuestionResult, results_of
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionButton, buttons_for, routes_of
from alongside.platform.web.formatting import format_iso_date
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Download, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.spreadsheet import CSV, as_csv

VIEW, MANAGE = Permission.VIEW_CONSULTATION, Permission.MANAGE_CONSULTATION
TABS = {"current": "Current", "ended": "Ended"}


@dataclass(frozen=True, kw_only=True)
class ConsultationList(PageContext):
    """One page of the consultations that a person can read."""

    template = "consultations/list.html"

    consultations: Sequence[ConsultationRow]
    more: bool
    number: int
    shown: str
    tabs: Mapping[str, str]
    manages: bool


@dataclass(frozen=True, kw_only=True)
class ConsultationPage(PageContext):
    """One consultation. `numbers` and live results are for the core team; a school reads them once it has closed."""

    template = "consultations/show.html"

    consultation: ConsultationRow
    questions: Sequence[QuestionRow]
    question_buttons: Mapping[UUID, Sequence[ActionButton]]
    results: Sequence[QuestionResult]
    numbers: Numbers | None
    own: AskedSchool | None
    late: bool
    manages: bool
    buttons: Sequence[ActionButton]
    KINDS: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class AskedSchoolList(PageContext):
    """One page of the schools that are asked, with their answers."""

    template = "consultations/schools.html"

    consultation: ConsultationRow
    questions: Sequence[QuestionRow]
    schools: Sequence[AskedSchool]
    numbers: Numbers
    more: bool
    number: int


@endpoint.get("/consultations", permission=VIEW)
async def list_consultations(ctx: PageRequest) -> PageResult:
    """List the consultations that a person can read."""
    asked = ctx.query.one("show")
    shown = asked if asked in TABS else "current"
    number = number_of_page(ctx.query.one("page"))
    found, more = await queries.consultations_for(ctx.session, ctx.person, shown, number)
    manages = has_permission(ctx.person, MANAGE)
    context = ConsultationList(
        consultations=found, more=more, number=number, shown=shown, tabs=TABS, manages=manages
    )
    return Page(context)


@endpoint.get("/consultations/{consultation_id:uuid}", permission=VIEW)
async def show_consultation(ctx: PageRequest, consultation_id: UUID) -> PageResult:
    """Show a consultation: its questions or its result, the own answer, and actions."""
    row = await get_consultation(ctx.session, ctx.person, VIEW, consultation_id)
    questions = await queries.questions_of(ctx.session, row)
    manages = has_permission(ctx.person, MANAGE)
    numbers, counts = None, row.counts
    if row.asked is not None and row.answered is not None:
        numbers = Numbers(row.asked, row.answered)
    elif manages and row.opens_on is not None:
        numbers = await queries.numbers_of(ctx.session, row)
        counts = await queries.counts_of(ctx.session, row)
    parts = {one.id: QuestionOfConsultation(row, one) for one in questions}
    late = row.answer_by is not None and row.answer_by < ctx.person.today
    context = ConsultationPage(
        consultation=row,
        questions=questions,
        question_buttons={
            one: buttons_for(ctx.person, part, (CHANGE_QUESTION, REMOVE_QUESTION))
            for one, part in parts.items()
        },
        results=results_of(questions, counts) if numbers is not None else [],
        numbers=numbers,
        own=None if manages else await queries.own_answer(ctx.session, ctx.person, row),
        late=late,
        manages=manages,
        buttons=buttons_for(ctx.person, row, (*ACTIONS, ANSWER)),
        KINDS=KINDS,
    )
    return Page(context)


@endpoint.get("/consultations/{consultation_id:uuid}/schools", permission=MANAGE)
async def list_asked_schools(ctx: PageRequest, consultation_id: UUID) -> PageResult:
    """List the schools that are asked, those without an answer first, with what they answered."""
    row = await get_consultation(ctx.session, ctx.person, MANAGE, consultation_id)
    number = number_of_page(ctx.query.one("page"))
    schools, more = await queries.asked_schools(ctx.session, row, number)
    context = AskedSchoolList(
        consultation=row,
        questions=await queries.questions_of(ctx.session, row),
        schools=schools,
        numbers=await queries.numbers_of(ctx.session, row),
        more=more,
        number=number,
    )
    return Page(context)


@endpoint.get("/consultations/{consultation_id:uuid}/answers.csv", permission=MANAGE)
async def download_answers(ctx: PageRequest, consultation_id: UUID) -> PageResult:
    """Download the answers of all schools as CSV."""
    row = await get_consultation(ctx.session, ctx.person, MANAGE, consultation_id)
    questions = await queries.questions_of(ctx.session, row)
    heads = ("URN", "School", "Last day", "Answered", *(one.wording for one in questions))
    rows = [
        (
            one.urn,
            one.name,
            one.answer_by.isoformat(),
            format_iso_date(one.answered_at),
            *((one.answers or {}).get(str(question.id), "") for question in questions),
        )
        for one in await queries.all_asked_schools(ctx.session, row)
    ]
    return Download(as_csv(heads, rows), "consultation-answers.csv", CSV)


routes = [
    list_consultations,
    show_consultation,
    list_asked_schools,
    download_answers,
    *routes_of((NEW, EDIT, OPEN, DECIDE, WITHDRAW, ADD_QUESTION, CHANGE_QUESTION, REMOVE_QUESTION, ANSWER)),
]
