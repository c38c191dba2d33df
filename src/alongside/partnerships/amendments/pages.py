"""The pages on which a change is proposed and answered."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.partnerships.amendments import actions
from alongside.partnerships.amendments.forms import NEW, as_it_stands, change_form, field_names, holds, wanted
from alongside.partnerships.amendments.queries import amendment_to, amendments_of
from alongside.partnerships.forms import ReasonForm
from alongside.partnerships.queries import aims_of, partnership_to
from alongside.partnerships.versions import version_of
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed


@page.get("/partnerships/{partnership_id:uuid}/amendments/new", permission=Permission.AMEND_PARTNERSHIP)
async def write_amendment(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """The agreement as it stands, to be written over."""
    row = await partnership_to(session, person, Permission.AMEND_PARTNERSHIP, partnership_id)
    aims = await aims_of(session, person.authority_id, partnership_id)
    changes = await amendments_of(session, person.authority_id, partnership_id)
    form = change_form(aims)(data=as_it_stands(row, aims))
    return _change_page(form, row, aims, waiting=any(one.state == "proposed" for one in changes))


@page.post("/partnerships/{partnership_id:uuid}/amendments", permission=Permission.AMEND_PARTNERSHIP)
async def propose_amendment(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """Propose a change to the other head."""
    row = await partnership_to(session, person, Permission.AMEND_PARTNERSHIP, partnership_id)
    aims = await aims_of(session, person.authority_id, partnership_id)
    form = change_form(aims)(await typed(request))
    if not holds(form, aims):
        return _change_page(form, row, aims, 422)
    await actions.propose_amendment(session, person, partnership_id, wanted(form, aims))
    return SeeOther(f"/partnerships/{partnership_id}", "The change is proposed. It waits for the other head.")


@page.post("/amendments/{amendment_id:uuid}/agreement", permission=Permission.AMEND_PARTNERSHIP)
async def agree_amendment(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, amendment_id: UUID
) -> Answer:
    """Agree to the other head's change of the agreement that was shown."""
    await amendment_to(session, person, Permission.AMEND_PARTNERSHIP, amendment_id)
    version = version_of(await typed(request))
    partnership_id = await actions.agree_amendment(session, person, amendment_id, version)
    return SeeOther(f"/partnerships/{partnership_id}", "The change is made.")


@page.get("/amendments/{amendment_id:uuid}/refusal", permission=Permission.AMEND_PARTNERSHIP)
async def ask_why_not_changed(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, amendment_id: UUID
) -> Answer:
    """Ask for the reason before a change is refused."""
    row = await amendment_to(session, person, Permission.AMEND_PARTNERSHIP, amendment_id)
    return _refusal_page(ReasonForm(), row)


@page.post("/amendments/{amendment_id:uuid}/refusal", permission=Permission.AMEND_PARTNERSHIP)
async def refuse_amendment(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, amendment_id: UUID
) -> Answer:
    """Leave things as they were signed, with a reason."""
    row = await amendment_to(session, person, Permission.AMEND_PARTNERSHIP, amendment_id)
    form = ReasonForm(await typed(request))
    if not form.holds():
        return _refusal_page(form, row, 422)
    await actions.refuse_amendment(session, person, amendment_id, form.words.data or "")
    return SeeOther(f"/partnerships/{row.partnership_id}", "The other school has been told.")


@page.post("/amendments/{amendment_id:uuid}/withdrawal", permission=Permission.AMEND_PARTNERSHIP)
async def withdraw_amendment(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, amendment_id: UUID
) -> Answer:
    """Take one's own proposed change back."""
    partnership_id = await actions.withdraw_amendment(session, person, amendment_id)
    return SeeOther(f"/partnerships/{partnership_id}", "The proposed change is withdrawn.")


def _change_page(form: Any, row: Any, aims: Any, status: int = 200, *, waiting: bool = False) -> Page:
    keys = [*(aim.id.hex for aim in aims), NEW]
    context = {
        "form": form,
        "partnership": row,
        "aims": [field_names(key) for key in keys],
        "waiting": waiting,
    }
    return Page("partnerships/change.html", context, status=status)


def _refusal_page(form: ReasonForm, row: Any, status: int = 200) -> Page:
    context = {
        "form": form,
        "fields": ("words",),
        "title": "Do not agree to this change",
        "caption": "A change to your partnership",
        "intro": "Things stay as both of you signed them.",
        "where": f"/amendments/{row.id}/refusal",
        "back": f"/partnerships/{row.partnership_id}",
        "button_text": "Do not agree",
    }
    return Page("partnerships/ask.html", context, status=status)


routes = [
    write_amendment,
    propose_amendment,
    agree_amendment,
    ask_why_not_changed,
    refuse_amendment,
    withdraw_amendment,
]
