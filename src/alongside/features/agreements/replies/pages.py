"""The page that compares the replies to a need, from which the head accepts one."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.features.agreements.acceptance.pages import ACCEPT
from alongside.features.agreements.parties import SUPPORTING, party_of
from alongside.features.agreements.proposals.checks import obstacle_to
from alongside.features.agreements.proposals.status import awaiting_answer_from
from alongside.features.agreements.replies.queries import Reply, replies_to
from alongside.features.funding.queries import cost_words, paying_fund
from alongside.features.needs.queries import get_need
from alongside.features.needs.rows import NeedRow
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionButton, buttons_for
from alongside.platform.web.formatting import format_date, format_days
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, slots=True)
class ComparedReply:
    """A reply, whose turn it is, its cost to the fund, what accepting it commits to, and the button that accepts it.

    `obstacle` says why it cannot be agreed today.
    """

    row: Reply
    turn: str
    cost: str | None
    commits: str
    obstacle: str | None
    buttons: Sequence[ActionButton]


@dataclass(frozen=True, kw_only=True)
class RepliesPage(PageContext):
    """The live proposals for a need, side by side."""

    template = "proposals/compare.html"

    need: NeedRow
    replies: Sequence[ComparedReply]


@endpoint.get("/needs/{need_id:uuid}/replies", permission=Permission.VIEW_PROPOSAL)
async def compare_replies(ctx: PageRequest, need_id: UUID) -> PageResult:
    """Compare the live proposals for a need: for its school and the people who look after it."""
    need = await get_need(ctx.session, ctx.person, Permission.VIEW_PROPOSAL, need_id)
    fund = await paying_fund(ctx.session, ctx.person, need.phase)
    replies = []
    for row in await replies_to(ctx.session, ctx.person, need_id):
        obstacle = await obstacle_to(ctx.session, ctx.person, row)
        replies.append(
            ComparedReply(
                row=row,
                turn=awaiting_answer_from(ctx.person, row),
                cost=cost_words(ctx.person, fund, row.days),
                commits=commitment(ctx.person, row),
                obstacle=obstacle,
                buttons=[] if obstacle else buttons_for(ctx.person, row, (ACCEPT,)),
            )
        )
    return Page(RepliesPage(need=need, replies=replies))


def commitment(person: Principal, row: Reply) -> str:
    """What a school commits to when it accepts a proposal, in one or two sentences."""
    days = f"{format_days(row.days)} between {format_date(row.starts_on)} and {format_date(row.ends_on)}"
    if party_of(person, row) == SUPPORTING:
        return f"You give {days}."
    if row.supporting_accepted_at is None:
        return f"You accept {days}. {row.supporting_name} must still accept."
    if not row.leader_is_head and not row.released_by_head:
        return f"You accept {days}. The headteacher of {row.supporting_name} must still release {row.leader_name}."
    return f"The support is agreed: {days}. Other replies to this need end."


routes = [compare_replies]
