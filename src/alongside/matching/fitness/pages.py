"""The page of schools that are not to support others just now: the core team's alone."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.matching.fitness import actions, queries
from alongside.matching.fitness.forms import UnfitForm
from alongside.matching.schools import offer_schools, schools_at_work
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed


@page.get("/fitness", permission=Permission.JUDGE_FITNESS)
async def list_unfit(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Which schools are left out of plans as supporters, and why."""
    return await _page(session, person, UnfitForm())


@page.post("/fitness", permission=Permission.JUDGE_FITNESS)
async def set_unfit(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Leave a school out for now."""
    form = UnfitForm(await typed(request))
    answer = await _page(session, person, form, 422)
    if not form.holds(person.today):
        return answer
    await actions.set_unfit(session, person, int(form.school.data), form.reason.data, form.until_on.data)
    return SeeOther("/fitness", "Noted. Plans leave this school’s offers out for now.")


@page.post("/fitness/{unfit_id:uuid}/lifting", permission=Permission.JUDGE_FITNESS)
async def lift_unfit(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, unfit_id: UUID
) -> Answer:
    """Let a school support others again."""
    await actions.lift_unfit(session, person, unfit_id)
    return SeeOther("/fitness", "Lifted. Plans may choose this school’s offers again.")


async def _page(session: AsyncSession, person: Person, form: UnfitForm, status: int = 200) -> Page:
    offer_schools(form.school, await schools_at_work(session, person.authority_id))
    context = {"form": form, "schools": await queries.unfit_schools(session, person)}
    return Page("matching/barriers/fitness.html", context, status)


routes = [list_unfit, set_unfit, lift_unfit]
