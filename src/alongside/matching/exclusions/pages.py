"""The page of exclusions: a school's own, or all of them for the core team."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import may
from alongside.authorities import settings_of
from alongside.matching.exclusions import actions, queries
from alongside.matching.exclusions.forms import ExclusionForm
from alongside.matching.schools import offer_schools, schools_at_work
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed


@page.get("/exclusions", permission=Permission.SEE_EXCLUSION)
async def list_exclusions(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """With whom schools would rather not be paired."""
    return await _page(session, person, ExclusionForm())


@page.post("/exclusions", permission=Permission.KEEP_EXCLUSION)
async def exclude_school(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Rule a school out."""
    form = ExclusionForm(await typed(request))
    answer = await _page(session, person, form, 422)
    if not form.holds():
        return answer
    await actions.exclude_school(session, person, int(form.other.data), form.reason.data or "")
    return SeeOther("/exclusions", "Noted. No plan will pair your two schools.")


@page.post("/exclusions/{exclusion_id:uuid}/lifting", permission=Permission.KEEP_EXCLUSION)
async def lift_exclusion(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, exclusion_id: UUID
) -> Answer:
    """Let the two be paired again."""
    await actions.lift_exclusion(session, person, exclusion_id)
    return SeeOther("/exclusions", "Lifted. Plans may pair your two schools again.")


async def _page(session: AsyncSession, person: Person, form: ExclusionForm, status: int = 200) -> Page:
    offer_schools(form.other, await schools_at_work(session, person.authority_id), person.school_urn)
    context = {
        "form": form,
        "exclusions": await queries.exclusions_of(session, person),
        "may_keep": may(person, Permission.KEEP_EXCLUSION, person.school_urn),
        "settings": settings_of(person.authority_id),
    }
    return Page("matching/barriers/exclusions.html", context, status)


routes = [list_exclusions, exclude_school, lift_exclusion]
