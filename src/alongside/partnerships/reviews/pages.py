"""The page on which a side gives its review."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import Form

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import NotThere
from alongside.partnerships.queries import aims_of, partnership_to
from alongside.partnerships.reviews import actions
from alongside.partnerships.reviews.forms import holds, judgement, names_for, review_form
from alongside.partnerships.sides import ASKER, side_of
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed

KINDS = {"half-way": "mid_term", "closing": "closing"}


@page.get("/partnerships/{partnership_id:uuid}/reviews/{kind:str}", permission=Permission.REVIEW_PARTNERSHIP)
async def write_review(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID, kind: str
) -> Answer:
    """An empty review of one's own side."""
    row, aims, form_class = await _asked_for(session, person, partnership_id, kind)
    return _review_page(form_class(), row, aims, kind)


@page.post("/partnerships/{partnership_id:uuid}/reviews/{kind:str}", permission=Permission.REVIEW_PARTNERSHIP)
async def give_review(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID, kind: str
) -> Answer:
    """Give the review of one's own side; with both closing ones the partnership is closed."""
    row, aims, form_class = await _asked_for(session, person, partnership_id, kind)
    form = form_class(await typed(request))
    if not holds(form, aims, closing=kind == "closing"):
        return _review_page(form, row, aims, kind, 422)
    await actions.give_review(session, person, partnership_id, KINDS[kind], judgement(form, aims))
    return SeeOther(f"/partnerships/{partnership_id}", "Your review is in. Thank you.")


async def _asked_for(
    session: AsyncSession, person: Person, partnership_id: UUID, kind: str
) -> tuple[Any, Any, type[Form]]:
    row = await partnership_to(session, person, Permission.REVIEW_PARTNERSHIP, partnership_id)
    if kind not in KINDS:
        raise NotThere
    aims = await aims_of(session, person.authority_id, partnership_id)
    says_outcome = kind == "closing" and side_of(person, row) == ASKER
    return row, aims, review_form(aims, outcome=says_outcome, closing=kind == "closing")


def _review_page(form: Form, row: Any, aims: Any, kind: str, status: int = 200) -> Page:
    context = {
        "form": form,
        "partnership": row,
        "kind": kind,
        "aims": [(aim, *names_for(aim.id)) for aim in aims],
        "says_outcome": "outcome" in form,
    }
    return Page("partnerships/review.html", context, status=status)


routes = [write_review, give_review]
