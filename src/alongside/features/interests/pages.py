"""The page of declared interests: one's own, or everybody's for the core team."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.interests import actions, queries
from alongside.features.interests.forms import InterestForm
from alongside.features.interests.models import INTERESTS
from alongside.features.schools.choices import offer_schools, schools_at_work
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageResult, Redirect, TemplateVariables
from alongside.platform.web.routing import endpoint


@endpoint.get("/interests", permission=Permission.DECLARE_INTEREST)
async def list_interests(ctx: PageRequest) -> PageResult:
    """List declared interests, with the form to declare another."""
    return await _page(ctx.session, ctx.person, InterestForm())


@endpoint.post("/interests", permission=Permission.DECLARE_INTEREST)
async def declare_interest(ctx: PageRequest) -> PageResult:
    """Declare an interest in a school."""
    form = InterestForm(await ctx.submitted())
    answer = await _page(ctx.session, ctx.person, form, 422)
    if not form.is_valid():
        return answer
    await actions.declare_interest(
        ctx.session, ctx.person, int(form.other.data), form.kind.data, form.words.data or ""
    )
    return Redirect("/interests", "Your interest is declared.")


@endpoint.post("/interests/{interest_id:uuid}/end", permission=Permission.DECLARE_INTEREST)
async def end_interest(ctx: PageRequest, interest_id: UUID) -> PageResult:
    """End one's own interest."""
    await actions.end_interest(ctx.session, ctx.person, interest_id)
    return Redirect("/interests", "Your interest has ended.")


async def _page(session: AsyncSession, person: Principal, form: InterestForm, status: int = 200) -> Page:
    offer_schools(form.other, await schools_at_work(session, person.authority_id), person.school_urn)
    context = {
        "form": form,
        "interests": await queries.interests_seen_by(session, person),
        "all": has_permission(person, Permission.VIEW_INTERESTS),
        "KINDS": INTERESTS,
        "settings": settings_of(person.authority_id),
    }
    return Page(TemplateVariables("interests/list.html", context), status)


routes = [list_interests, declare_interest, end_interest]
