"""Page to request matching for an escalation."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ValidationFailed
from alongside.features.escalations.access_log.access_log import logs_reading
from alongside.features.escalations.available_actions import attach_errors
from alongside.features.escalations.matching_requests.actions import LOOKED_FOR_IN, ask_matching
from alongside.features.escalations.matching_requests.forms import AskMatchingForm
from alongside.features.escalations.matching_requests.queries import open_needs_of
from alongside.features.escalations.queries import get_escalation
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import FormData, read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

HANDLE = Permission.MANAGE_ESCALATION


@endpoint.get("/escalations/{escalation_id:uuid}/matching", permission=HANDLE)
@logs_reading
async def ask_for_which_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Ask for which open need of the school to request matching."""
    row = await get_escalation(session, person, HANDLE, escalation_id)
    form = await _form(session, person, row, None)
    return _page(row, form)


@endpoint.post("/escalations/{escalation_id:uuid}/matching", permission=HANDLE)
@logs_reading
async def ask_matching_for_escalation(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Request a plan across the whole authority for the chosen need."""
    row = await get_escalation(session, person, HANDLE, escalation_id)
    form = await _form(session, person, row, await read_form_data(request))
    if not form.is_valid():
        return _page(row, form, 422)
    try:
        await ask_matching(session, person, escalation_id, UUID(form.need.data))
    except ValidationFailed as problem:
        attach_errors(form, problem)
        return _page(row, form, 422)
    return Redirect(
        f"/escalations/{escalation_id}", "Matching was asked. What it finds stands under “Who could do it”."
    )


async def _form(
    session: AsyncSession, person: Principal, row: Any, written: FormData | None
) -> AskMatchingForm:
    form = AskMatchingForm(written)
    form.offer(await open_needs_of(session, person, row.school_urn))
    return form


def _page(row: Any, form: AskMatchingForm, status: int = 200) -> Page:
    looked_for = row.state in LOOKED_FOR_IN
    return Page(
        "escalations/matching.html",
        {"escalation": row, "form": form, "looked_for": looked_for},
        status=status,
    )


routes = [ask_for_which_need, ask_matching_for_escalation]
