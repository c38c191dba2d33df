"""The page of exclusions: a school's own, or all of them for the core team."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.matching.exclusions import actions, queries
from alongside.features.matching.exclusions.forms import ExclusionForm
from alongside.features.schools.choices import offer_schools, schools_at_work
from alongside.platform.access.authorisation import may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/exclusions", permission=Permission.VIEW_EXCLUSIONS)
async def list_exclusions(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """List the exclusions that this person may see."""
    return await _page(session, person, ExclusionForm())


@endpoint.post("/exclusions", permission=Permission.MANAGE_EXCLUSIONS)
async def exclude_school(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Exclude a school."""
    form = ExclusionForm(await read_form_data(request))
    answer = await _page(session, person, form, 422)
    if not form.is_valid():
        return answer
    await actions.exclude_school(session, person, int(form.other.data), form.reason.data or "")
    return Redirect("/exclusions", "Noted. No plan will pair your two schools.")


@endpoint.post("/exclusions/{exclusion_id:uuid}/remove", permission=Permission.MANAGE_EXCLUSIONS)
async def lift_exclusion(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, exclusion_id: UUID
) -> PageResult:
    """Lift an exclusion."""
    await actions.lift_exclusion(session, person, exclusion_id)
    return Redirect("/exclusions", "Lifted. Plans may pair your two schools again.")


async def _page(session: AsyncSession, person: Principal, form: ExclusionForm, status: int = 200) -> Page:
    offer_schools(form.other, await schools_at_work(session, person.authority_id), person.school_urn)
    context = {
        "form": form,
        "exclusions": await queries.exclusions_of(session, person),
        "may_keep": may(person, Permission.MANAGE_EXCLUSIONS, person.school_urn),
        "settings": settings_of(person.authority_id),
    }
    return Page("matching/constraints/exclusions.html", context, status)


routes = [list_exclusions, exclude_school, lift_exclusion]
