"""Pages on which a side gives its review."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import Form

from alongside.errors import NotFound
from alongside.features.agreements.queries import aims_of, get_agreement
from alongside.features.agreements.reviews import actions
from alongside.features.agreements.reviews.forms import holds, judgement, names_for, review_form
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import may_on
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

KINDS = {"half-way": "mid_term", "closing": "closing"}


@endpoint.get("/agreements/{agreement_id:uuid}/reviews/{kind:str}", permission=Permission.REVIEW_AGREEMENT)
async def write_review(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID, kind: str
) -> PageResult:
    """Show an empty review form of the person's side."""
    row, aims, form_class = await _asked_for(session, person, agreement_id, kind)
    return _review_page(form_class(), row, aims, kind)


@endpoint.post("/agreements/{agreement_id:uuid}/reviews/{kind:str}", permission=Permission.REVIEW_AGREEMENT)
async def give_review(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID, kind: str
) -> PageResult:
    """Save the review of the person's side. The second closing review closes the agreement."""
    row, aims, form_class = await _asked_for(session, person, agreement_id, kind)
    form = form_class(await read_form_data(request))
    if not holds(form, aims, closing=kind == "closing"):
        return _review_page(form, row, aims, kind, 422)
    await actions.give_review(session, person, agreement_id, KINDS[kind], judgement(form, aims))
    return Redirect(f"/agreements/{agreement_id}", "Your review is in. Thank you.")


async def _asked_for(
    session: AsyncSession, person: Principal, agreement_id: UUID, kind: str
) -> tuple[Any, Any, type[Form]]:
    row = await get_agreement(session, person, Permission.REVIEW_AGREEMENT, agreement_id)
    if kind not in KINDS:
        raise NotFound
    aims = await aims_of(session, person.authority_id, agreement_id)
    says_outcome = kind == "closing" and may_on(person, Permission.STATE_OUTCOME, row)
    return row, aims, review_form(aims, outcome=says_outcome, closing=kind == "closing")


def _review_page(form: Form, row: Any, aims: Any, kind: str, status: int = 200) -> Page:
    context = {
        "form": form,
        "agreement": row,
        "kind": kind,
        "aims": [(aim, *names_for(aim.id)) for aim in aims],
        "says_outcome": "outcome" in form,
    }
    return Page("agreements/review.html", context, status=status)


routes = [write_review, give_review]
