"""The page on which cover is arranged for somebody who is away."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid
from alongside.escalations.acts import blame_all
from alongside.escalations.desk import actions, queries
from alongside.escalations.desk.forms import CoverForm
from alongside.escalations.queries import officers
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import Typed, typed

HANDLE = Permission.HANDLE_CASE


@page.get("/case-cover", permission=HANDLE)
async def show_cover(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Who covers for whom, and a form to arrange it."""
    return await _page(session, person, None)


@page.post("/case-cover", permission=HANDLE)
async def arrange_cover(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Have one officer look after another's cases for some days."""
    answer = await _page(session, person, await typed(request))
    form = answer.context["form"]
    if not form.holds(person.today):
        return answer
    try:
        await actions.arrange_cover(
            session,
            person,
            UUID(form.away_id.data),
            UUID(form.cover_id.data),
            form.starts_on.data,
            form.ends_on.data,
        )
    except Invalid as problem:
        blame_all(form, problem)
        return answer
    return SeeOther("/case-cover", "It is arranged. Both have been told.")


@page.post("/case-cover/{cover_id:uuid}/end", permission=HANDLE)
async def end_cover(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, cover_id: UUID
) -> Answer:
    """Somebody is back."""
    await actions.end_cover(session, person, cover_id)
    return SeeOther("/case-cover", "The cover has ended.")


async def _page(session: AsyncSession, person: Person, written: Typed | None) -> Page:
    form = CoverForm(written) if written is not None else CoverForm(data={"starts_on": person.today})
    form.offer(await officers(session, person))
    context = {"form": form, "covers": await queries.covers(session, person)}
    return Page("cases/cover.html", context, status=200 if written is None else 422)


routes = [show_cover, arrange_cover, end_cover]
