"""Pages of proposals: list, detail page, and the forms for proposing."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.agreements.answers.pages import ON_A_PROPOSAL, UNLESS_BARRED
from alongside.features.agreements.proposals import actions, candidates, queries
from alongside.features.agreements.proposals.checks import barred_choice, obstacle_to
from alongside.features.agreements.proposals.forms import ProposalForm
from alongside.features.agreements.proposals.status import awaiting_answer_from, state_today
from alongside.features.agreements.queries import agreement_of_proposal, timeline_of
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import buttons_for
from alongside.platform.web.formatting import format_days_ago
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageResult, Redirect, TemplateVariables
from alongside.platform.web.routing import endpoint

PARTS = {"mine": "Waiting for me", "others": "Waiting for others", "ended": "Ended"}


@endpoint.get("/proposals", permission=Permission.VIEW_PROPOSAL)
async def list_proposals(ctx: PageRequest) -> PageResult:
    """List the proposals in the person's scope: those to answer by default."""
    question = ctx.query
    first = "mine" if ctx.person.school_urn else "others"
    show = question.one("show") if question.one("show") in PARTS else first
    number = number_of_page(question.one("page"))
    rows, more = await queries.proposals_of(ctx.session, ctx.person, show, number)
    context = {
        "proposals": [
            {"row": row, "state": state_today(ctx.person, row), "turn": awaiting_answer_from(ctx.person, row)}
            for row in rows
        ],
        "counts": await queries.proposal_counts(ctx.session, ctx.person),
        "parts": PARTS,
        "show": show,
        "number": number,
        "more": more,
    }
    return Page(TemplateVariables("proposals/list.html", context, fragment="proposals/_list.html"))


@endpoint.get("/proposals/{proposal_id:uuid}", permission=Permission.VIEW_PROPOSAL)
async def show_proposal(ctx: PageRequest, proposal_id: UUID) -> PageResult:
    """Show a proposal with its terms, next step, actions and timeline."""
    row = await queries.get_proposal(ctx.session, ctx.person, Permission.VIEW_PROPOSAL, proposal_id)
    state = state_today(ctx.person, row)
    obstacle = await obstacle_to(ctx.session, ctx.person, row) if state in queries.LIVE else None
    possible = [one for one in ON_A_PROPOSAL if obstacle is None or one not in UNLESS_BARRED]
    reasons = settings_of(ctx.person.authority_id).decline_reasons
    context = {
        "proposal": row,
        "state": state,
        "turn": awaiting_answer_from(ctx.person, row),
        "buttons": buttons_for(ctx.person, row, possible),
        "obstacle": obstacle,
        "confirmed": format_days_ago(row.confirmed_on, ctx.person.today),
        "theme": label_of(settings_of(ctx.person.authority_id).themes, row.theme),
        "declined_because": label_of(reasons, row.decline_reason) if row.decline_reason else None,
        "agreement_id": await agreement_of_proposal(ctx.session, ctx.person.authority_id, row.id),
        "entries": await timeline_of(ctx.session, ctx.person.authority_id, [("proposal", row.id)]),
    }
    return Page(TemplateVariables("proposals/show.html", context))


@endpoint.get("/needs/{need_id:uuid}/proposals/new", permission=Permission.PROPOSE)
async def choose_offer(ctx: PageRequest, need_id: UUID) -> PageResult:
    """Show the offers that can be proposed for a need, with the form for the terms."""
    return await _from_need(ctx.session, ctx.person, need_id, None, ctx.query.one("offer"))


@endpoint.get("/offers/{offer_id:uuid}/proposals/new", permission=Permission.PROPOSE)
async def choose_need(ctx: PageRequest, offer_id: UUID) -> PageResult:
    """Show the needs that an offer can be proposed for, with the form for the terms."""
    return await _from_offer(ctx.session, ctx.person, offer_id, None)


@endpoint.post("/proposals", permission=Permission.PROPOSE)
async def propose(ctx: PageRequest) -> PageResult:
    """Propose an offer for a need."""
    form = ProposalForm(await ctx.submitted())
    from_need = form.begun_from.data != "offer"
    given = _id_of(form.need_id.data if from_need else form.offer_id.data)
    answer = await (_from_need if from_need else _from_offer)(ctx.session, ctx.person, given, form)
    if not form.is_valid(ctx.person.today):
        return answer
    pair = form.pair()
    if pair is None:
        raise NotFound
    because = form.interest_reason.data or ""
    made = await actions.propose(ctx.session, ctx.person, *pair, form.terms(), interest_reason=because)
    return Redirect(f"/proposals/{made}", "The offer is proposed. Those who must answer have been told.")


def _id_of(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError as error:
        raise NotFound from error


async def _from_need(
    session: AsyncSession, person: Principal, need_id: UUID, form: ProposalForm | None, picked: str = ""
) -> Page:
    """Render the form with the offers for a need; with status 422 after invalid input."""
    need = await candidates.need_to_propose_for(session, person, need_id)
    if person.school_urn is None:
        require(person, Permission.PROPOSE, need.school_urn)
    status = 200 if form is None else 422
    if form is None:
        form = ProposalForm(
            data={
                "begun_from": "need",
                "need_id": need.id,
                "picked": picked,
                "days": need.days,
                "starts_on": need.starts_on,
                "ends_on": need.ends_on,
            }
        )
    rows = await candidates.offers_for_need(session, person, need)
    form.offer_candidates("Which offer?", rows, person.today, are_offers=True)
    chosen = form.picked.data or picked
    context = {
        "form": form,
        "post": need,
        "kind": "need",
        "candidates": rows,
        "obstacle": await barred_choice(session, person, need, chosen, rows),
        "interests": any(row.with_interest for row in rows),
    }
    return Page(TemplateVariables("proposals/new.html", context), status=status)


async def _from_offer(
    session: AsyncSession, person: Principal, offer_id: UUID, form: ProposalForm | None
) -> Page:
    """Render the form with the needs for an offer; with status 422 after invalid input."""
    offer = await candidates.offer_to_propose(session, person, offer_id)
    status = 200 if form is None else 422
    form = form or ProposalForm(data={"begun_from": "offer", "offer_id": offer.id})
    rows = await candidates.needs_for_offer(session, person, offer)
    form.offer_candidates("Which need?", rows, person.today, are_offers=False)
    context = {
        "form": form,
        "post": offer,
        "kind": "offer",
        "candidates": rows,
        "obstacle": None,
        "interests": any(row.with_interest for row in rows),
    }
    return Page(TemplateVariables("proposals/new.html", context), status=status)


routes = [list_proposals, show_proposal, choose_offer, choose_need, propose]
