"""Pages that extend an offer and reopen an ended one."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict, ValidationFailed
from alongside.features.offers import actions, queries
from alongside.features.offers.editing import attach_field_errors, changeable_offer, version_of
from alongside.features.offers.forms import ExtensionForm
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/offers/{offer_id:uuid}/extension", permission=Permission.CHANGE_OFFER)
async def ask_how_much_more(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Show the form for more days or a later end."""
    offer = await changeable_offer(session, person, offer_id)
    return _extension_page(_extension_of(offer), offer, "extension")


@endpoint.post("/offers/{offer_id:uuid}/extension", permission=Permission.CHANGE_OFFER)
async def extend_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Save more days or a later end of an offer."""
    offer = await changeable_offer(session, person, offer_id)
    return await _extended(request, session, person, offer, "extension")


@endpoint.get("/offers/{offer_id:uuid}/reopening", permission=Permission.CHANGE_OFFER)
async def ask_what_holds_now(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Show the form for the days and end date of a reopened offer."""
    offer = await queries.get_offer(session, person, Permission.CHANGE_OFFER, offer_id)
    return _extension_page(_extension_of(offer), offer, "reopening")


@endpoint.post("/offers/{offer_id:uuid}/reopening", permission=Permission.CHANGE_OFFER)
async def reopen_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Reopen an ended offer."""
    offer = await queries.get_offer(session, person, Permission.CHANGE_OFFER, offer_id)
    if offer.state != "ended":
        raise ActionRefused("This offer has not ended.", offer.state)
    return await _extended(request, session, person, offer, "reopening")


async def _extended(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer: Any, noun: str
) -> PageResult:
    written = await read_form_data(request)
    form = ExtensionForm(written)
    if not form.holds(offer, person.today):
        return _extension_page(form, offer, noun, status=422)
    act = actions.extend_offer if noun == "extension" else actions.reopen_offer
    columns = {"days_total": form.days_total.data, "ends_on": form.ends_on.data}
    try:
        await act(session, person, offer.id, columns, version_of(written))
    except EditConflict as problem:
        form.version.data = str(problem.version)
        return _extension_page(form, offer, noun, status=409, stale=problem)
    except ValidationFailed as problem:
        attach_field_errors(form, problem)
        return _extension_page(form, offer, noun, status=422)
    return Redirect(
        f"/offers/{offer.id}", "The offer is extended." if noun == "extension" else "The offer is live again."
    )


def _extension_of(offer: Any) -> ExtensionForm:
    return ExtensionForm(
        data={"version": offer.version, "days_total": offer.days_total, "ends_on": offer.ends_on}
    )


def _extension_page(
    form: ExtensionForm, offer: Any, noun: str, status: int = 200, stale: EditConflict | None = None
) -> Page:
    context = {"form": form, "offer": offer, "noun": noun, "stale": stale}
    return Page("offers/extension.html", context, status=status)


routes = [ask_how_much_more, extend_offer, ask_what_holds_now, reopen_offer]
