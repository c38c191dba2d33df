"""The page of suspended schools, for the core team only."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.matching.suspensions import actions, queries
from alongside.features.matching.suspensions.forms import SuspensionForm
from alongside.features.schools.choices import offer_schools, schools_at_work
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/support-suspensions", permission=Permission.SUSPEND_SUPPLIER)
async def list_suspensions(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """List suspended schools with the reasons."""
    return await _page(session, person, SuspensionForm())


@endpoint.post("/support-suspensions", permission=Permission.SUSPEND_SUPPLIER)
async def suspend_supplier(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Suspend a school as a supporter."""
    form = SuspensionForm(await read_form_data(request))
    answer = await _page(session, person, form, 422)
    if not form.is_valid(person.today):
        return answer
    await actions.suspend_supplier(
        session, person, int(form.school.data), form.reason.data, form.until_on.data
    )
    return Redirect("/support-suspensions", "Noted. Plans leave this school’s offers out for now.")


@endpoint.post("/support-suspensions/{suspension_id:uuid}/remove", permission=Permission.SUSPEND_SUPPLIER)
async def end_suspension(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, suspension_id: UUID
) -> PageResult:
    """End a suspension."""
    await actions.end_suspension(session, person, suspension_id)
    return Redirect("/support-suspensions", "Lifted. Plans may choose this school’s offers again.")


async def _page(session: AsyncSession, person: Principal, form: SuspensionForm, status: int = 200) -> Page:
    offer_schools(form.school, await schools_at_work(session, person.authority_id))
    context = {"form": form, "schools": await queries.suspended_schools(session, person)}
    return Page("matching/constraints/fitness.html", context, status)


routes = [list_suspensions, suspend_supplier, end_suspension]
