"""Pages that propose and answer amendments."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.amendments import actions
from alongside.features.agreements.amendments.forms import (
    NEW,
    as_it_stands,
    change_form,
    field_names,
    holds,
    wanted,
)
from alongside.features.agreements.amendments.queries import amendment_to, amendments_of
from alongside.features.agreements.forms import ReasonForm
from alongside.features.agreements.queries import aims_of, get_agreement
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.version import version_of
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/agreements/{agreement_id:uuid}/amendments/new", permission=Permission.AMEND_AGREEMENT)
async def write_amendment(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID
) -> PageResult:
    """Show the form with the current agreement."""
    row = await get_agreement(session, person, Permission.AMEND_AGREEMENT, agreement_id)
    aims = await aims_of(session, person.authority_id, agreement_id)
    changes = await amendments_of(session, person.authority_id, agreement_id)
    form = change_form(aims)(data=as_it_stands(row, aims))
    return _change_page(form, row, aims, waiting=any(one.state == "proposed" for one in changes))


@endpoint.post("/agreements/{agreement_id:uuid}/amendments", permission=Permission.AMEND_AGREEMENT)
async def propose_amendment(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID
) -> PageResult:
    """Propose the amendment from the form."""
    row = await get_agreement(session, person, Permission.AMEND_AGREEMENT, agreement_id)
    aims = await aims_of(session, person.authority_id, agreement_id)
    form = change_form(aims)(await read_form_data(request))
    if not holds(form, aims):
        return _change_page(form, row, aims, 422)
    await actions.propose_amendment(session, person, agreement_id, wanted(form, aims))
    return Redirect(f"/agreements/{agreement_id}", "The change is proposed. It waits for the other head.")


@endpoint.post("/amendments/{amendment_id:uuid}/agreement", permission=Permission.AMEND_AGREEMENT)
async def agree_amendment(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, amendment_id: UUID
) -> PageResult:
    """Agree an amendment of the agreement version that was shown."""
    await amendment_to(session, person, Permission.AMEND_AGREEMENT, amendment_id)
    version = version_of(await read_form_data(request))
    agreement_id = await actions.agree_amendment(session, person, amendment_id, version)
    return Redirect(f"/agreements/{agreement_id}", "The change is made.")


@endpoint.get("/amendments/{amendment_id:uuid}/refusal", permission=Permission.AMEND_AGREEMENT)
async def ask_why_not_changed(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, amendment_id: UUID
) -> PageResult:
    """Show the form for the reason of a refusal."""
    row = await amendment_to(session, person, Permission.AMEND_AGREEMENT, amendment_id)
    return _refusal_page(ReasonForm(), row)


@endpoint.post("/amendments/{amendment_id:uuid}/refusal", permission=Permission.AMEND_AGREEMENT)
async def refuse_amendment(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, amendment_id: UUID
) -> PageResult:
    """Refuse an amendment with the reason from the form."""
    row = await amendment_to(session, person, Permission.AMEND_AGREEMENT, amendment_id)
    form = ReasonForm(await read_form_data(request))
    if not form.holds():
        return _refusal_page(form, row, 422)
    await actions.refuse_amendment(session, person, amendment_id, form.words.data or "")
    return Redirect(f"/agreements/{row.agreement_id}", "The other school has been told.")


@endpoint.post("/amendments/{amendment_id:uuid}/withdrawal", permission=Permission.AMEND_AGREEMENT)
async def withdraw_amendment(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, amendment_id: UUID
) -> PageResult:
    """Withdraw an amendment of the person's own side."""
    agreement_id = await actions.withdraw_amendment(session, person, amendment_id)
    return Redirect(f"/agreements/{agreement_id}", "The proposed change is withdrawn.")


def _change_page(form: Any, row: Any, aims: Any, status: int = 200, *, waiting: bool = False) -> Page:
    keys = [*(aim.id.hex for aim in aims), NEW]
    context = {
        "form": form,
        "agreement": row,
        "aims": [field_names(key) for key in keys],
        "waiting": waiting,
    }
    return Page("agreements/change.html", context, status=status)


def _refusal_page(form: ReasonForm, row: Any, status: int = 200) -> Page:
    context = {
        "form": form,
        "fields": ("words",),
        "title": "Do not agree to this change",
        "caption": "A change to your agreement",
        "intro": "Things stay as both of you signed them.",
        "where": f"/amendments/{row.id}/refusal",
        "back": f"/agreements/{row.agreement_id}",
        "button_text": "Do not agree",
    }
    return Page("agreements/ask.html", context, status=status)


routes = [
    write_amendment,
    propose_amendment,
    agree_amendment,
    ask_why_not_changed,
    refuse_amendment,
    withdraw_amendment,
]
