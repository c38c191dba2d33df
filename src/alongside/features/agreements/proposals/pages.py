"""Pages of proposals: the list, and one proposal with its actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.features.agreements.acceptance.pages import ACCEPT, RELEASE
from alongside.features.agreements.answers.pages import ANSWERS, COUNTER
from alongside.features.agreements.proposals import queries
from alongside.features.agreements.proposals.checks import obstacle_to
from alongside.features.agreements.proposals.listing import proposal_counts, proposals_of
from alongside.features.agreements.proposals.queries import ProposalRow
from alongside.features.agreements.proposals.status import awaiting_answer_from, state_today
from alongside.features.agreements.queries import agreement_of_proposal
from alongside.features.agreements.timeline import timeline_of
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.features.funding.queries import cost_words, paying_fund
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionButton, buttons_for
from alongside.platform.web.formatting import format_days_ago
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.timeline import TimelineEntry

ON_A_PROPOSAL = (ACCEPT, RELEASE, *ANSWERS)
UNLESS_BARRED = (ACCEPT, RELEASE, COUNTER)
"""What cannot be done while the two schools cannot be paired."""
PARTS = {"mine": "Waiting for me", "others": "Waiting for others", "ended": "Ended"}


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A line of the list: a proposal, its state today, and who must answer."""

    row: ProposalRow
    state: str
    turn: str


@dataclass(frozen=True, kw_only=True)
class ProposalList(PageContext):
    """One page of proposals; `counts` are the numbers of all by part."""

    template = "proposals/list.html"
    fragment = "proposals/_list.html"

    proposals: Sequence[ProposalLine]
    counts: Mapping[str, int]
    parts: Mapping[str, str]
    show: str
    number: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class ProposalPage(PageContext):
    """A proposal with its next step; `obstacle` says why it cannot be agreed today."""

    template = "proposals/show.html"

    proposal: ProposalRow
    state: str
    turn: str
    buttons: Sequence[ActionButton]
    obstacle: str | None
    cost: str | None
    confirmed: str
    theme: str
    declined_because: str | None
    agreement_id: UUID | None
    entries: Sequence[TimelineEntry]


@endpoint.get("/proposals", permission=Permission.VIEW_PROPOSAL)
async def list_proposals(ctx: PageRequest) -> PageResult:
    """List the proposals in the person's scope: those to answer by default."""
    question = ctx.query
    first = "mine" if ctx.person.school_urn else "others"
    show = question.one("show") if question.one("show") in PARTS else first
    number = number_of_page(question.one("page"))
    rows, more = await proposals_of(ctx.session, ctx.person, show, number)
    context = ProposalList(
        proposals=[
            ProposalLine(row, state_today(ctx.person, row), awaiting_answer_from(ctx.person, row))
            for row in rows
        ],
        counts=await proposal_counts(ctx.session, ctx.person),
        parts=PARTS,
        show=show,
        number=number,
        more=more,
    )
    return Page(context)


@endpoint.get("/proposals/{proposal_id:uuid}", permission=Permission.VIEW_PROPOSAL)
async def show_proposal(ctx: PageRequest, proposal_id: UUID) -> PageResult:
    """Show a proposal with its terms, next step, actions and timeline."""
    row = await queries.get_proposal(ctx.session, ctx.person, Permission.VIEW_PROPOSAL, proposal_id)
    state = state_today(ctx.person, row)
    obstacle = await obstacle_to(ctx.session, ctx.person, row) if state in queries.LIVE else None
    possible = [one for one in ON_A_PROPOSAL if obstacle is None or one not in UNLESS_BARRED]
    reasons = settings_of(ctx.person.authority_id).decline_reasons
    context = ProposalPage(
        proposal=row,
        state=state,
        turn=awaiting_answer_from(ctx.person, row),
        buttons=buttons_for(ctx.person, row, possible),
        obstacle=obstacle,
        cost=await _cost(ctx, row) if state in queries.LIVE else None,
        confirmed=format_days_ago(row.confirmed_on, ctx.person.today),
        theme=label_of(settings_of(ctx.person.authority_id).themes, row.theme),
        declined_because=label_of(reasons, row.decline_reason) if row.decline_reason else None,
        agreement_id=await agreement_of_proposal(ctx.session, ctx.person.authority_id, row.id),
        entries=await timeline_of(ctx.session, ctx.person.authority_id, [("proposal", row.id)]),
    )
    return Page(context)


async def _cost(ctx: PageRequest, row: ProposalRow) -> str | None:
    return cost_words(ctx.person, await paying_fund(ctx.session, ctx.person, row.phase), row.days)


routes = [list_proposals, show_proposal]
