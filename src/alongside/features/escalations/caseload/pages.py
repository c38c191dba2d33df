"""Page to arrange leave cover."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ValidationFailed
from alongside.features.escalations.available_actions import attach_errors
from alongside.features.escalations.caseload import actions, queries
from alongside.features.escalations.caseload.forms import CoverForm
from alongside.features.escalations.queries import officers
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import FormData, read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

HANDLE = Permission.MANAGE_ESCALATION


@endpoint.get("/leave-cover", permission=HANDLE)
async def show_cover(request: Request[Any, Any, Any], session: AsyncSession, person: Principal) -> PageResult:
    """Show current and future cover, and a form to arrange more."""
    return await _page(session, person, None)


@endpoint.post("/leave-cover", permission=HANDLE)
async def arrange_cover(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Arrange that one officer covers another's escalations."""
    answer = await _page(session, person, await read_form_data(request))
    form = answer.context["form"]
    if not form.is_valid(person.today):
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
    except ValidationFailed as problem:
        attach_errors(form, problem)
        return answer
    return Redirect("/leave-cover", "It is arranged. Both have been told.")


@endpoint.post("/leave-cover/{cover_id:uuid}/end", permission=HANDLE)
async def end_cover(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, cover_id: UUID
) -> PageResult:
    """End a cover because the officer is back."""
    await actions.end_cover(session, person, cover_id)
    return Redirect("/leave-cover", "The cover has ended.")


async def _page(session: AsyncSession, person: Principal, written: FormData | None) -> Page:
    form = CoverForm(written) if written is not None else CoverForm(data={"starts_on": person.today})
    form.offer(await officers(session, person))
    context = {"form": form, "covers": await queries.covers(session, person)}
    return Page("escalations/cover.html", context, status=200 if written is None else 422)


routes = [show_cover, arrange_cover, end_cover]
