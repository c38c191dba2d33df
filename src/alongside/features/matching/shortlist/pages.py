"""The shortlist page of a need."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings, label_of
from alongside.features.matching.assignments.presentation import ScorePart, parts_of
from alongside.features.matching.assignments.redaction import ruled_out_for
from alongside.features.matching.engine.instance import Instance
from alongside.features.matching.engine.result import Shortlist
from alongside.features.matching.engine.shortlist import shortlist
from alongside.features.matching.engine.validation import check_weights
from alongside.features.matching.problem_input.builder import build_instance
from alongside.features.matching.shortlist.problem import question_of, shown_to_all
from alongside.features.matching.shortlist.queries import ListedOffer, offers_being_asked, offers_seen
from alongside.features.needs.queries import get_need
from alongside.features.needs.rows import NeedRow
from alongside.features.needs.visibility import LOOKING, is_limited, limit_words
from alongside.features.needs.widening.pages import ASK, SHOW
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionButton, buttons_for
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import ContinueAfterCommit, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint

MOST = 10


class RankedOffer(NamedTuple):
    """An offer of the shortlist with its score and the parts of it."""

    offer: ListedOffer
    score: int
    parts: Sequence[ScorePart]
    miles: float | None


@dataclass(frozen=True, kw_only=True)
class NotLooking(PageContext):
    """A need that is not open."""

    template = "matching/shortlist/not_looking.html"

    need: NeedRow


@dataclass(frozen=True, kw_only=True)
class ShortlistPage(PageContext):
    """The best offers for a need, `of` all that pass every rule, those already asked, and what the rules left out.

    `limit` says that only its consortium sees the need yet, `beyond` how many further offers would suit it otherwise.
    """

    template = "matching/shortlist/show.html"

    need: NeedRow
    theme: str
    settings: AuthoritySettings
    being_asked: Sequence[ListedOffer]
    found: Sequence[RankedOffer] = ()
    of: int = 0
    ruled_out: Sequence[tuple[int, str]] = ()
    limit: str | None = None
    beyond: int = 0
    buttons: Sequence[ActionButton] = ()


@dataclass(frozen=True, kw_only=True)
class OffersBeyond(PageContext):
    """How many offers beyond its consortium would suit a need, as part of its page."""

    template = "matching/shortlist/_beyond.html"

    beyond: int


@endpoint.get("/needs/{need_id:uuid}/shortlist", permission=Permission.VIEW_SHORTLIST)
async def show_shortlist(ctx: PageRequest, need_id: UUID) -> PageResult:
    """Show the best offers for a need with the parts of each score; scoring runs after the transaction."""
    need = await _need(ctx, need_id)
    settings = settings_of(ctx.person.authority_id)
    if need.state not in LOOKING:
        return Page(NotLooking(need=need))
    limited = is_limited(need, ctx.person.today)
    question, offers, asked = await _question(ctx, need_id)
    page = ShortlistPage(
        need=need,
        limit=limit_words(need.visible_to_authority_from, settings) if limited else None,
        buttons=buttons_for(ctx.person, need, (SHOW, ASK)),
        theme=label_of(settings.themes, need.theme),
        settings=settings,
        being_asked=[offers[one] for one in sorted(asked) if one in offers],
    )
    if not question.needs or not question.offers:
        return Page(page)
    check_weights(question.parameters.weights)

    async def finish() -> PageResult:
        listed = await asyncio.to_thread(shortlist, question, need_id, MOST)
        shown = await asyncio.to_thread(shortlist, shown_to_all(question), need_id, 0) if limited else listed
        return Page(
            replace(
                page,
                found=ranked(listed, offers),
                of=listed.of,
                beyond=shown.of - listed.of,
                ruled_out=ruled_out_for(ctx.person, listed.ruled_out),
            )
        )

    return ContinueAfterCommit(finish, expensive=True)


@endpoint.get("/needs/{need_id:uuid}/shortlist/beyond", permission=Permission.VIEW_SHORTLIST, by_itself=True)
async def show_offers_beyond(ctx: PageRequest, need_id: UUID) -> PageResult:
    """Show how many offers beyond its consortium would suit a need, without their names."""
    need = await _need(ctx, need_id)
    if not is_limited(need, ctx.person.today):
        return Page(OffersBeyond(beyond=0))
    question, _, _ = await _question(ctx, need_id)
    if not question.needs or not question.offers:
        return Page(OffersBeyond(beyond=0))
    check_weights(question.parameters.weights)

    async def finish() -> PageResult:
        now, shown = await asyncio.to_thread(
            lambda: [shortlist(one, need_id, 0) for one in (question, shown_to_all(question))]
        )
        return Page(OffersBeyond(beyond=shown.of - now.of))

    return ContinueAfterCommit(finish, expensive=True)


async def _question(
    ctx: PageRequest, need_id: UUID
) -> tuple[Instance, Mapping[UUID, ListedOffer], frozenset[UUID]]:
    """The input of the match for one need, the offers that the person may see, and those already asked."""
    instance = await build_instance(ctx.session, ctx.person.authority_id, ctx.person.today, None)
    offers = await offers_seen(ctx.session, ctx.person, [offer.id for offer in instance.offers])
    asked = await offers_being_asked(ctx.session, ctx.person, need_id)
    return question_of(instance, need_id, offers.keys() - asked), offers, asked


async def _need(ctx: PageRequest, need_id: UUID) -> NeedRow:
    need = await get_need(ctx.session, ctx.person, Permission.VIEW_POST, need_id)
    require(ctx.person, Permission.VIEW_SHORTLIST, need.school_urn)
    return need


def ranked(listed: Shortlist, offers: Mapping[UUID, ListedOffer]) -> list[RankedOffer]:
    """The offers of a shortlist, each with its school."""
    return [
        RankedOffer(offers[one.offer], one.score.score, parts_of(one.score), one.miles)
        for one in listed.ranked
    ]


routes = [show_shortlist, show_offers_beyond]
