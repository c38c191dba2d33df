"""Pages of support agreements: the list, and one agreement with its actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from alongside.features.agreements import queries
from alongside.features.agreements.acceptance import pages as acceptance
from alongside.features.agreements.aims import pages as aims
from alongside.features.agreements.aims.queries import AimRow, aims_of
from alongside.features.agreements.amendments import pages as amendments
from alongside.features.agreements.amendments.queries import AmendmentRow, amendments_of
from alongside.features.agreements.answers import pages as answers
from alongside.features.agreements.endings import pages as endings
from alongside.features.agreements.listing import agreements_of
from alongside.features.agreements.parties import party_of
from alongside.features.agreements.proposals import pages as proposals
from alongside.features.agreements.proposing import pages as proposing
from alongside.features.agreements.queries import AgreementRow
from alongside.features.agreements.replies import pages as replies
from alongside.features.agreements.resource import AGREEMENT
from alongside.features.agreements.reviews import pages as reviews
from alongside.features.agreements.reviews.queries import SeenReview, delayed_reviews, reviews_seen_by
from alongside.features.agreements.selection import pages as selection
from alongside.features.agreements.signed_versions import pages as agreements
from alongside.features.agreements.signed_versions.wording import Difference, differences
from alongside.features.agreements.signing import pages as signing
from alongside.features.agreements.timeline import OF_AN_ENDING, timeline_of
from alongside.features.agreements.visit_answers import pages as visit_answers
from alongside.features.agreements.visit_answers.wording import answer_text, settlement_text
from alongside.features.agreements.visit_answers.wording import differences as visit_differences
from alongside.features.agreements.visits import pages as visits
from alongside.features.agreements.visits.queries import VisitRow, visits_of
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import Action, ActionButton, buttons_for
from alongside.platform.notifications.queries import held_until
from alongside.platform.web.formatting import format_date
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.timeline import TimelineEntry


@dataclass(frozen=True, kw_only=True)
class AgreementList(PageContext):
    """One page of agreements; `show` is "live" or "past"."""

    template = "agreements/list.html"
    fragment = "agreements/_list.html"

    agreements: Sequence[AgreementRow]
    show: str
    number: int
    more: bool


class ShownVisit(NamedTuple):
    """A visit with the other school's answer, what is settled, the two sides where they differ, and its buttons."""

    visit: VisitRow
    answer: str
    settled: str
    sides: Sequence[tuple[str, str, str]]
    buttons: Sequence[ActionButton]


@dataclass(frozen=True, kw_only=True)
class AgreementPage(PageContext):
    """An agreement with everything that belongs to it, each part with its buttons.

    `side` is that of the person's school, `change` the proposed change that waits for an answer; an amendment has its
    differences by section.
    """

    template = "agreements/show.html"

    agreement: AgreementRow
    side: str | None
    buttons: Sequence[ActionButton]
    can_challenge: bool
    waiting: str | None
    theme: str
    ended_because: str | None
    add_aim: Sequence[ActionButton]
    aims: Sequence[tuple[AimRow, Sequence[ActionButton]]]
    visits: Sequence[ShownVisit]
    reviews: Sequence[SeenReview]
    change: AmendmentRow | None
    amendments: Sequence[
        tuple[AmendmentRow, Sequence[tuple[str, Sequence[Difference]]], Sequence[ActionButton]]
    ]
    entries: Sequence[TimelineEntry]
    held_until: datetime | None
    send_held: Sequence[ActionButton]


@endpoint.get("/agreements", permission=Permission.VIEW_AGREEMENT)
async def list_agreements(ctx: PageRequest) -> PageResult:
    """List the agreements in the person's scope: live ones, or ended ones with the filter."""
    question = ctx.query
    show = "past" if question.one("show") == "past" else "live"
    number = number_of_page(question.one("page"))
    rows, more = await agreements_of(ctx.session, ctx.person, show, number)
    return Page(AgreementList(agreements=rows, show=show, number=number, more=more))


@endpoint.get("/agreements/{agreement_id:uuid}", permission=Permission.VIEW_AGREEMENT)
async def show_agreement(ctx: PageRequest, agreement_id: UUID) -> PageResult:
    """Show an agreement with its signatures, days, visits, reviews, amendments and timeline."""
    row = await queries.get_agreement(ctx.session, ctx.person, Permission.VIEW_AGREEMENT, agreement_id)
    authority_id = ctx.person.authority_id
    settings = settings_of(authority_id)
    its_aims = await aims_of(ctx.session, authority_id, agreement_id)
    its_visits = await visits_of(ctx.session, authority_id, agreement_id)
    its_changes = await amendments_of(ctx.session, authority_id, agreement_id)
    its_reviews = await reviews_seen_by(ctx.session, ctx.person, row)
    subjects = [("support_agreement", row.id), ("proposal", row.proposal_id)]
    subjects += [("visit", one.id) for one in its_visits] + [("amendment", one.id) for one in its_changes]
    change = next((one for one in its_changes if one.state == "proposed"), None)
    side = party_of(ctx.person, row)
    hidden = await delayed_reviews(ctx.session, ctx.person, row)
    unaware = queries.is_unaware(ctx.person, row)
    unshown = (*(OF_AN_ENDING if unaware else ()), *(("send_held_message",) if side else ()))
    to_wait = hidden or unaware
    held = None if to_wait else await held_until(ctx.session, ctx.person, AGREEMENT.url(row))
    given = {one.kind for one in its_reviews if one.side == side}
    possible: list[Action[AgreementRow]] = [
        visits.LOG,
        *([signing.SIGN] if its_aims else []),
        *([] if given else [reviews.HALF_WAY]),
        *([] if "closing" in given else [reviews.CLOSING]),
        *([] if change else [amendments.PROPOSE]),
        endings.CHALLENGE,
        endings.END_EARLY,
    ]
    context = AgreementPage(
        agreement=row,
        side=side,
        buttons=buttons_for(ctx.person, row, possible),
        can_challenge=bool(buttons_for(ctx.person, row, [endings.CHALLENGE])),
        waiting=_waits_for(row),
        theme=label_of(settings.themes, row.theme),
        ended_because=label_of(settings.ending_reasons, row.ended_because) if row.ended_because else None,
        add_aim=buttons_for(ctx.person, row, [aims.ADD]),
        aims=[(one, buttons_for(ctx.person, one, aims.ON_AN_AIM)) for one in its_aims],
        visits=[_shown(ctx.person, one) for one in its_visits],
        reviews=its_reviews,
        change=change,
        amendments=[
            (
                one,
                differences(row, its_aims, one) if one.state == "proposed" else [],
                buttons_for(ctx.person, one, amendments.ON_AN_AMENDMENT),
            )
            for one in its_changes
        ],
        entries=await timeline_of(
            ctx.session,
            authority_id,
            subjects,
            lambda one: (one.verb, one.person_id) in hidden or one.verb in unshown,
        ),
        held_until=held,
        send_held=buttons_for(ctx.person, row, [endings.SEND_HELD_MESSAGE]) if held else [],
    )
    return Page(context)


def _shown(person: Principal, visit: VisitRow) -> ShownVisit:
    actions = (*visit_answers.ON_A_VISIT, *visits.ON_A_VISIT)
    return ShownVisit(
        visit,
        answer_text(visit, person.today),
        settlement_text(visit),
        visit_differences(visit),
        buttons_for(person, visit, actions),
    )


def _waits_for(row: AgreementRow) -> str | None:
    """One sentence that says who must act next on an agreement; None when it has ended."""
    if row.state == "active":
        return (
            f"Support runs until {format_date(row.ends_on)}. Both schools record their visits. They give a closing"
            " review when all days are used or on that day."
        )
    if row.state != "preparing":
        return None
    signatures = (
        (row.requesting_name, row.requesting_signed_at),
        (row.supporting_name, row.supporting_signed_at),
    )
    unsigned = [name for name, signed in signatures if signed is None]
    return f"Waiting for the signature of {' and of '.join(unsigned)}."


routes = [
    list_agreements,
    show_agreement,
    *signing.routes,
    *endings.routes,
    *proposals.routes,
    *proposing.routes,
    *acceptance.routes,
    *replies.routes,
    *selection.routes,
    *answers.routes,
    *aims.routes,
    *visits.routes,
    *visit_answers.routes,
    *reviews.routes,
    *amendments.routes,
    *agreements.routes,
]
