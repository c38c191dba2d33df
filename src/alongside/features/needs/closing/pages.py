"""Pages that withdraw and reopen a need, each with a reason."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.needs import actions, queries
from alongside.features.needs.forms import ReopeningForm, WithdrawalForm
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/needs/{need_id:uuid}/withdrawal", permission=Permission.CHANGE_NEED)
async def ask_why_withdrawn(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, need_id: UUID
) -> PageResult:
    """Show the form for the reason of a withdrawal."""
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    return _withdrawal_page(person, WithdrawalForm(), need)


@endpoint.post("/needs/{need_id:uuid}/withdrawal", permission=Permission.CHANGE_NEED)
async def withdraw_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, need_id: UUID
) -> PageResult:
    """Withdraw a need with the reason from the form."""
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    form = WithdrawalForm(await read_form_data(request))
    if not form.is_valid(settings_of(person.authority_id)):
        return _withdrawal_page(person, form, need, status=422)
    await actions.withdraw_need(session, person, need_id, form.reason.data, form.words.data)
    return Redirect(f"/needs/{need_id}", "The need is withdrawn.")


@endpoint.get("/needs/{need_id:uuid}/reopening", permission=Permission.CHANGE_NEED)
async def ask_why_reopened(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, need_id: UUID
) -> PageResult:
    """Show the form for the reason of a reopening."""
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    return Page("needs/reopening.html", {"form": ReopeningForm(), "need": need})


@endpoint.post("/needs/{need_id:uuid}/reopening", permission=Permission.CHANGE_NEED)
async def reopen_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, need_id: UUID
) -> PageResult:
    """Reopen a closed need with the reason from the form."""
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    form = ReopeningForm(await read_form_data(request))
    if not form.is_valid():
        return Page("needs/reopening.html", {"form": form, "need": need}, status=422)
    await actions.reopen_need(session, person, need_id, form.note.data)
    return Redirect(f"/needs/{need_id}", "The need is open again.")


def _withdrawal_page(person: Principal, form: WithdrawalForm, need: Any, status: int = 200) -> Page:
    reasons = settings_of(person.authority_id).withdrawal_reasons
    form.reason.choices = [(key, entry.label) for key, entry in reasons.items() if not entry.retired]
    return Page("needs/withdrawal.html", {"form": form, "need": need}, status=status)


routes = [ask_why_withdrawn, withdraw_need, ask_why_reopened, reopen_need]
