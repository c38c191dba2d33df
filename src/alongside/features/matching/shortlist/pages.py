"""The shortlist page of a need."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.features.matching.assignments.presentation import parts_of
from alongside.features.matching.assignments.redaction import ruled_out_for
from alongside.features.matching.engine.instance import Instance
from alongside.features.matching.engine.result import Shortlist
from alongside.features.matching.engine.shortlist import shortlist
from alongside.features.matching.engine.validation import check_weights
from alongside.features.matching.problem_input.builder import build_instance
from alongside.features.matching.shortlist.problem import question_of
from alongside.features.matching.shortlist.queries import offers_being_asked, offers_seen
from alongside.features.needs.queries import get_need
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import ContinueAfterCommit, Page, PageResult, TemplateVariables
from alongside.platform.web.routing import endpoint

LOOKING = ("open", "proposed")
MOST = 10


@endpoint.get("/needs/{need_id:uuid}/shortlist", permission=Permission.VIEW_SHORTLIST)
async def show_shortlist(ctx: PageRequest, need_id: UUID) -> PageResult:
    """Show the best offers for a need with the parts of each score; scoring runs after the transaction."""
    need = await get_need(ctx.session, ctx.person, Permission.VIEW_POST, need_id)
    require(ctx.person, Permission.VIEW_SHORTLIST, need.school_urn)
    settings = settings_of(ctx.person.authority_id)
    context = {"need": need, "theme": label_of(settings.themes, need.theme), "settings": settings}
    if need.state not in LOOKING:
        return Page(TemplateVariables("matching/shortlist/not_looking.html", context))
    instance = await build_instance(ctx.session, ctx.person.authority_id, ctx.person.today, None)
    offers = await offers_seen(ctx.session, ctx.person, [offer.id for offer in instance.offers])
    asked = await offers_being_asked(ctx.session, ctx.person, need_id)
    question = question_of(instance, need_id, offers.keys() - asked)
    context["being_asked"] = [offers[one] for one in sorted(asked) if one in offers]
    if not question.needs or not question.offers:
        return Page(
            TemplateVariables(
                "matching/shortlist/show.html", context | {"found": [], "of": 0, "ruled_out": []}
            )
        )
    check_weights(question.parameters.weights)

    async def finish() -> PageResult:
        listed = await asyncio.to_thread(shortlist, question, need_id, MOST)
        return Page(
            TemplateVariables(
                "matching/shortlist/show.html", context | shown(ctx.person, question, listed, offers)
            )
        )

    return ContinueAfterCommit(finish, expensive=True)


def shown(
    person: Principal, question: Instance, listed: Shortlist, offers: dict[UUID, Row[Any]]
) -> dict[str, Any]:
    """The shortlist as page context: each offer with its school, and what the rules left out."""
    found = [
        {
            "offer": offers[one.offer],
            "score": one.score.score,
            "parts": parts_of(msgspec.to_builtins(one.score)),
            "miles": one.miles,
        }
        for one in listed.ranked
    ]
    return {"found": found, "of": listed.of, "ruled_out": ruled_out_for(person, listed.ruled_out)}


routes = [show_shortlist]
