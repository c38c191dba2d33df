"""Page on which a school challenges a match that a lead made on its behalf."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements import actions, queries
from alongside.features.agreements.forms import ChallengeForm
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.formatting import format_date
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

END = Permission.END_AGREEMENT


@endpoint.get("/agreements/{agreement_id:uuid}/challenge", permission=END)
async def ask_why_challenged(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID
) -> PageResult:
    """Show the form for the reason of a challenge."""
    row = await queries.get_agreement(session, person, END, agreement_id)
    return _page(ChallengeForm(), row, refused=actions.no_challenge(person, row))


@endpoint.post("/agreements/{agreement_id:uuid}/challenge", permission=END)
async def challenge_match(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID
) -> PageResult:
    """Challenge a match, with a reason: it ends, and the need is open again."""
    row = await queries.get_agreement(session, person, END, agreement_id)
    form = ChallengeForm(await read_form_data(request))
    if not form.holds():
        return _page(form, row, 422)
    await actions.challenge_match(session, person, agreement_id, form.words.data or "")
    return Redirect(
        f"/agreements/{agreement_id}",
        "The match has ended and the need is open again. The other school and the consortium leads are told.",
    )


def _page(form: ChallengeForm, row: Any, status: int = 200, refused: str | None = None) -> Page:
    until = f" You can do so until {format_date(row.challenge_until)}." if row.challenge_until else ""
    context = {
        "form": form,
        "fields": ("words",),
        "title": "Challenge this match",
        "caption": f"{row.supporting_name} supports {row.requesting_name}",
        "intro": f"The support ends, its days are free again, and the need is open again.{until}",
        "where": f"/agreements/{row.id}/challenge",
        "back": f"/agreements/{row.id}",
        "button_text": "Challenge this match",
        "refused": refused,
    }
    return Page("agreements/ask.html", context, status=status)


routes = [ask_why_challenged, challenge_match]
