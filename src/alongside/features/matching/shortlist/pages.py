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
from alongside.features.matching.engine.result import Shortlist
from alongside.features.matching.engine.shortlist import shortlist
from alongside.features.matching.engine.validation import check_weights
from alongside.features.matching.problem_input.builder import build_instance
from alongside.features.matching.shortlist.problem import question_of
from alongside.features.matching.shortlist.queries import ListedOffer, offers_being_asked, offers_seen
from alongside.features.needs.queries import get_need
from alongside.features.needs.rows import NeedRow
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import ContinueAfterCommit, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint

LOOKING = ("open", "proposed")
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
    """The best offers for a need, `of` all that pass every rule, those already asked, and what the rules left out."""

    template = "matching/shortlist/show.html"

    need: NeedRow
    theme: str
    settings: AuthoritySettings
    being_asked: Sequence[ListedOffer]
    found: Sequence[RankedOffer] = ()
    of: int = 0
    ruled_out: Sequence[tuple[int, str]] = ()


@endpoint.get("/needs/{need_id:uuid}/shortlist", permission=Permission.VIEW_SHORTLIST)
async def show_shortlist(ctx: PageRequest, need_id: UUID) -> PageResult:
    """Show the best offers for a need with the parts of each score; scoring runs after the transaction."""
    need = await get_need(ctx.session, ctx.person, Permission.VIEW_POST, need_id)
    require(ctx.person, Permission.VIEW_SHORTLIST, need.school_urn)
    settings = settings_of(ctx.person.authority_id)
    if need.state not in LOOKING:
        return Page(NotLooking(need=need))
    instance = await build_instance(ctx.session, ctx.person.authority_id, ctx.person.today, None)
    offers = await offers_seen(ctx.session, ctx.person, [offer.id for offer in instance.offers])
    asked = await offers_being_asked(ctx.session, ctx.person, need_id)
    question = question_of(instance, need_id, offers.keys() - asked)
    page = ShortlistPage(
        need=need,
        theme=label_of(settings.themes, need.theme),
        settings=settings,
        being_asked=[offers[one] for one in sorted(asked) if one in offers],
    )
    if not question.needs or not question.offers:
        return Page(page)
    check_weights(question.parameters.weights)

    async def finish() -> PageResult:
        listed = await asyncio.to_thread(shortlist, question, need_id, MOST)
        return Page(
            replace(
                page,
                found=ranked(listed, offers),
                of=listed.of,
                ruled_out=ruled_out_for(ctx.person, listed.ruled_out),
            )
        )

    return ContinueAfterCommit(finish, expensive=True)


def ranked(listed: Shortlist, offers: Mapping[UUID, ListedOffer]) -> list[RankedOffer]:
    """The offers of a shortlist, each with its school."""
    return [
        RankedOffer(offers[one.offer], one.score.score, parts_of(one.score), one.miles)
        for one in listed.ranked
    ]


routes = [show_shortlist]
