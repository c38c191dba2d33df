"""Pages of visit requests: the list, and one request with its answer and actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from alongside.features.visit_requests import queries
from alongside.features.visit_requests.answers import pages as answers
from alongside.features.visit_requests.asking import pages as asking
from alongside.features.visit_requests.models import VISIT_REQUEST_WORKFLOW
from alongside.features.visit_requests.outcomes import pages as outcomes
from alongside.features.visit_requests.request import (
    STATES,
    RequestedVisit,
    other_school,
    state_today,
    turn_of,
)
from alongside.platform.access.permissions import Permission
from alongside.platform.audit.queries import timeline
from alongside.platform.forms.action import ActionButton, buttons_for
from alongside.platform.web.formatting import format_date
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.timeline import TimelineEntry, timeline_entries

PARTS = {"mine": "Your turn", "others": "Their turn", "agreed": "Agreed", "ended": "Ended"}
LABELS = {"respond_by": "Last day to answer"}


@dataclass(frozen=True, slots=True)
class ListedVisit:
    """A row of the list: the request, the other school, its state today and whose turn it is."""

    row: RequestedVisit
    other: str
    state: str
    turn: str


@dataclass(frozen=True, kw_only=True)
class VisitRequestList(PageContext):
    """One page of the visit requests of a school."""

    template = "visit_requests/list.html"
    fragment = "visit_requests/_list.html"

    visits: Sequence[ListedVisit]
    counts: Mapping[str, int]
    parts: Mapping[str, str]
    show: str
    number: int
    more: bool
    STATES: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class VisitRequestPage(PageContext):
    """One visit request."""

    template = "visit_requests/show.html"

    visit_request: RequestedVisit
    asking: bool
    state: str
    state_text: str
    turn: str
    buttons: Sequence[ActionButton]
    entries: Sequence[TimelineEntry]


@endpoint.get("/visit-requests", permission=Permission.VIEW_VISIT_REQUEST)
async def list_visit_requests(ctx: PageRequest) -> PageResult:
    """List the visit requests of the person's school: those to answer by default."""
    show = ctx.query.one("show") if ctx.query.one("show") in PARTS else "mine"
    number = number_of_page(ctx.query.one("page"))
    rows, more = await queries.visit_requests_of(ctx.session, ctx.person, show, number)
    context = VisitRequestList(
        visits=[
            ListedVisit(
                row, other_school(ctx.person, row), state_today(ctx.person, row), turn_of(ctx.person, row)
            )
            for row in rows
        ],
        counts=await queries.visit_request_counts(ctx.session, ctx.person),
        parts=PARTS,
        show=show,
        number=number,
        more=more,
        STATES=STATES,
    )
    return Page(context)


@endpoint.get("/visit-requests/{visit_request_id:uuid}", permission=Permission.VIEW_VISIT_REQUEST)
async def show_visit_request(ctx: PageRequest, visit_request_id: UUID) -> PageResult:
    """Show a visit request: whose turn it is, what was asked and answered, actions and activity."""
    permission = Permission.VIEW_VISIT_REQUEST
    row = await queries.get_visit_request(ctx.session, ctx.person, permission, visit_request_id)
    entries = await timeline(ctx.session, ctx.person.authority_id, "visit_request", row.id)
    state = state_today(ctx.person, row)
    actions = (*answers.ACTIONS, *asking.ACTIONS, *outcomes.ACTIONS)
    context = VisitRequestPage(
        visit_request=row,
        asking=ctx.person.school_urn == row.requesting_urn,
        state=state,
        state_text=STATES[state],
        turn=turn_of(ctx.person, row),
        buttons=buttons_for(ctx.person, row, actions),
        entries=timeline_entries(entries, VISIT_REQUEST_WORKFLOW, LABELS, _display, {}),
    )
    return Page(context)


def _display(_name: str, value: object) -> str:
    return format_date(date.fromisoformat(str(value)))


routes = [*asking.routes, *answers.routes, *outcomes.routes, list_visit_requests, show_visit_request]
