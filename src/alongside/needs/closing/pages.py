"""The pages by which a need is withdrawn or reopened: both ask for a reason first."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.needs import actions, queries
from alongside.needs.forms import ReopeningForm, WithdrawalForm
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed


@page.get("/needs/{need_id:uuid}/withdrawal", permission=Permission.CHANGE_NEED)
async def ask_why_withdrawn(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """Ask for the reason before a need is withdrawn."""
    need = await queries.need_to(session, person, Permission.CHANGE_NEED, need_id)
    return _withdrawal_page(person, WithdrawalForm(), need)


@page.post("/needs/{need_id:uuid}/withdrawal", permission=Permission.CHANGE_NEED)
async def withdraw_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """Withdraw a need, with its reason."""
    need = await queries.need_to(session, person, Permission.CHANGE_NEED, need_id)
    form = WithdrawalForm(await typed(request))
    if not form.holds(settings_of(person.authority_id)):
        return _withdrawal_page(person, form, need, status=422)
    await actions.withdraw_need(session, person, need_id, form.reason.data, form.words.data)
    return SeeOther(f"/needs/{need_id}", "The need is withdrawn.")


@page.get("/needs/{need_id:uuid}/reopening", permission=Permission.CHANGE_NEED)
async def ask_why_reopened(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """Ask for the reason before a closed need is opened again."""
    need = await queries.need_to(session, person, Permission.CHANGE_NEED, need_id)
    return Page("needs/reopening.html", {"form": ReopeningForm(), "need": need})


@page.post("/needs/{need_id:uuid}/reopening", permission=Permission.CHANGE_NEED)
async def reopen_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """Open a closed need again, with its reason."""
    need = await queries.need_to(session, person, Permission.CHANGE_NEED, need_id)
    form = ReopeningForm(await typed(request))
    if not form.holds():
        return Page("needs/reopening.html", {"form": form, "need": need}, status=422)
    await actions.reopen_need(session, person, need_id, form.note.data)
    return SeeOther(f"/needs/{need_id}", "The need is open again.")


def _withdrawal_page(person: Person, form: WithdrawalForm, need: Any, status: int = 200) -> Page:
    reasons = settings_of(person.authority_id).withdrawal_reasons
    form.reason.choices = [(key, entry.label) for key, entry in reasons.items() if not entry.retired]
    return Page("needs/withdrawal.html", {"form": form, "need": need}, status=status)


routes = [ask_why_withdrawn, withdraw_need, ask_why_reopened, reopen_need]
