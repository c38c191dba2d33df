"""The page of interests: one's own, and everybody's for the core team."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import allowed_at_all
from alongside.authorities import settings_of
from alongside.matching.barrier import INTERESTS
from alongside.matching.interests import actions, queries
from alongside.matching.interests.forms import InterestForm
from alongside.matching.schools import offer_schools, schools_at_work
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed


@page.get("/interests", permission=Permission.DECLARE_INTEREST)
async def list_interests(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """What was declared, and the form to declare more."""
    return await _page(session, person, InterestForm())


@page.post("/interests", permission=Permission.DECLARE_INTEREST)
async def declare_interest(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Declare an interest in a school."""
    form = InterestForm(await typed(request))
    answer = await _page(session, person, form, 422)
    if not form.holds():
        return answer
    await actions.declare_interest(
        session, person, int(form.other.data), form.kind.data, form.words.data or ""
    )
    return SeeOther("/interests", "Your interest is declared.")


@page.post("/interests/{interest_id:uuid}/end", permission=Permission.DECLARE_INTEREST)
async def end_interest(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, interest_id: UUID
) -> Answer:
    """Say that an interest of one's own has ended."""
    await actions.end_interest(session, person, interest_id)
    return SeeOther("/interests", "Your interest has ended.")


async def _page(session: AsyncSession, person: Person, form: InterestForm, status: int = 200) -> Page:
    offer_schools(form.other, await schools_at_work(session, person.authority_id), person.school_urn)
    context = {
        "form": form,
        "interests": await queries.interests_seen_by(session, person),
        "all": allowed_at_all(person, Permission.SEE_INTEREST),
        "KINDS": INTERESTS,
        "settings": settings_of(person.authority_id),
    }
    return Page("matching/barriers/interests.html", context, status)


routes = [list_interests, declare_interest, end_interest]
