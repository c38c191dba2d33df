"""The form that proposes an offer for a need, begun from either of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.agreements.proposing import actions, candidates
from alongside.features.agreements.proposing.candidates import (
    NeedCandidate,
    NeedToSupport,
    OfferCandidate,
    OfferToGive,
)
from alongside.features.agreements.proposing.forms import ProposalForm
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, Resource, routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.form_data import FormData
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import PageResult, Redirect
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, slots=True)
class Origin:
    """The need or offer from which the proposal is begun."""

    post: NeedToSupport | OfferToGive

    @property
    def kind(self) -> Literal["need", "offer"]:
        """Return which of the two it is."""
        return "need" if isinstance(self.post, NeedToSupport) else "offer"


@dataclass(frozen=True, kw_only=True)
class ProposalContext(FormContext):
    """The post from which a proposal is begun, and what can be chosen for it.

    `obstacle` says why a chosen offer is not among the candidates, `interests` whether any pair has a declared
    interest.
    """

    post: NeedToSupport | OfferToGive
    kind: str
    candidates: Sequence[NeedCandidate | OfferCandidate]
    obstacle: str | None
    interests: bool


async def from_need(session: AsyncSession, person: Principal, need_id: UUID) -> Origin:
    """Begin with a need. Raises NotFound if this person cannot propose an offer for it."""
    need = await candidates.need_to_propose_for(session, person, need_id)
    if person.school_urn is None:
        require(person, Permission.PROPOSE, need.school_urn)
    return Origin(need)


async def from_offer(session: AsyncSession, person: Principal, offer_id: UUID) -> Origin:
    """Begin with an offer. Raises NotFound if this person cannot see it."""
    return Origin(await candidates.offer_to_propose(session, person, offer_id))


async def origin_sent(session: AsyncSession, person: Principal, _: Permission, data: FormData) -> Origin:
    """Load the need or offer that the hidden fields name. Raises NotFound."""
    try:
        if data.one("begun_from") == "offer":
            return await from_offer(session, person, UUID(data.one("offer_id")))
        return await from_need(session, person, UUID(data.one("need_id")))
    except ValueError as error:
        raise NotFound from error


@endpoint.get("/needs/{need_id:uuid}/proposals/new", permission=Permission.PROPOSE)
async def choose_offer(ctx: PageRequest, need_id: UUID) -> PageResult:
    """Show the offers that can be proposed for a need, with the form for the terms."""
    origin = await from_need(ctx.session, ctx.person, need_id)
    return await PROPOSE.new_form_page(ctx, origin)


@endpoint.get("/offers/{offer_id:uuid}/proposals/new", permission=Permission.PROPOSE)
async def choose_need(ctx: PageRequest, offer_id: UUID) -> PageResult:
    """Show the needs that an offer can be proposed for, with the form for the terms."""
    origin = await from_offer(ctx.session, ctx.person, offer_id)
    return await PROPOSE.new_form_page(ctx, origin)


def _initial(asked: ActionRequest[Origin]) -> dict[str, object]:
    post = asked.record.post
    if isinstance(post, OfferToGive):
        return {"begun_from": "offer", "offer_id": post.id}
    terms = {"days": post.days, "starts_on": post.starts_on, "ends_on": post.ends_on}
    return {"begun_from": "need", "need_id": post.id, "picked": asked.data.one("offer"), **terms}


async def _offer_candidates(asked: FormRequest[Origin, ProposalForm]) -> None:
    session, person, post = asked.session, asked.person, asked.record.post
    if isinstance(post, NeedToSupport):
        offers = await candidates.offers_for_need(session, person, post)
        asked.form.offer_candidates("Which offer?", offers, person.today)
    else:
        needs = await candidates.needs_for_offer(session, person, post)
        asked.form.offer_candidates("Which need?", needs, person.today)


async def _context(asked: FormRequest[Origin, ProposalForm]) -> ProposalContext:
    post, rows, obstacle = asked.record.post, asked.form.candidates, None
    if isinstance(post, NeedToSupport):
        chosen = asked.form.picked.data or ""
        obstacle = await candidates.barred_choice(asked.session, asked.person, post, chosen, rows)
    return ProposalContext(
        post=post,
        kind=asked.record.kind,
        candidates=rows,
        obstacle=obstacle,
        interests=any(row.with_interest for row in rows),
    )


async def _propose(asked: FormRequest[Origin, ProposalForm]) -> Redirect:
    form = asked.form
    pair = form.pair()
    if pair is None:
        raise NotFound
    because = form.interest_reason.data or ""
    made = await actions.propose(asked.session, asked.person, *pair, form.terms(), interest_reason=because)
    return Redirect(f"/proposals/{made}", "The offer is proposed. Those who must answer have been told.")


PROPOSE: FormAction[Origin, ProposalForm] = FormAction(
    name="propose",
    undo="withdraw_proposal",
    resource=Resource(
        name="origin", path="/proposals", load=origin_sent, choose=origin_sent, url=lambda _: "/proposals"
    ),
    slug="",
    form_slug=None,
    permission=Permission.PROPOSE,
    form=ProposalForm,
    initial=_initial,
    choices=_offer_candidates,
    valid=lambda asked: asked.form.is_valid(asked.person.today),
    template="proposals/new.html",
    context=_context,
    run=_propose,
)
routes = [choose_offer, choose_need, *routes_of((PROPOSE,))]
