"""The page on which a school challenges a match that was made on its behalf."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.partnerships import actions, queries
from alongside.partnerships.forms import ChallengeForm
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed

END = Permission.END_PARTNERSHIP


@page.get("/partnerships/{partnership_id:uuid}/challenge", permission=END)
async def ask_why_challenged(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """Ask why a match is challenged."""
    row = await queries.partnership_to(session, person, END, partnership_id)
    return _page(ChallengeForm(), row, refused=actions.no_challenge(person, row))


@page.post("/partnerships/{partnership_id:uuid}/challenge", permission=END)
async def challenge_match(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """Challenge a match, with a reason: it ends, and the need is open again."""
    row = await queries.partnership_to(session, person, END, partnership_id)
    form = ChallengeForm(await typed(request))
    if not form.holds():
        return _page(form, row, 422)
    await actions.challenge_match(session, person, partnership_id, form.words.data or "")
    return SeeOther(
        f"/partnerships/{partnership_id}",
        "The match has ended and the need is open again. The other school and the consortium leads are told.",
    )


def _page(form: ChallengeForm, row: Any, status: int = 200, refused: str | None = None) -> Page:
    until = f" You can do so until {row.challenge_until:%-d %B %Y}." if row.challenge_until else ""
    context = {
        "form": form,
        "fields": ("words",),
        "title": "Challenge this match",
        "caption": f"{row.giving_name} supports {row.asking_name}",
        "intro": f"The support ends, its days are free again, and the need is open again.{until}",
        "where": f"/partnerships/{row.id}/challenge",
        "back": f"/partnerships/{row.id}",
        "button_text": "Challenge this match",
        "refused": refused,
    }
    return Page("partnerships/ask.html", context, status=status)


routes = [ask_why_challenged, challenge_match]
