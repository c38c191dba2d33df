"""Pages to raise an escalation, and to notify the school later."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.escalations.raising import actions, queries
from alongside.features.escalations.raising.forms import RaiseForm
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import asked, read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/escalations/new", permission=Permission.RAISE_ESCALATION)
async def new_escalation(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Show the form for one school; without a school, ask for it first."""
    urn = urn_of(asked(request).one("school"))
    if urn is None:
        schools = await queries.schools_to_raise_for(session, person)
        return Page("escalations/choose_school.html", {"schools": schools})
    school = await queries.school_to_raise_for(session, person, urn)
    return await _form_page(session, person, RaiseForm(data={"school_urn": urn, "told": "now"}), school)


@endpoint.post("/escalations", permission=Permission.RAISE_ESCALATION)
async def raise_escalation(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Raise an escalation. A safeguarding matter leads to the safeguarding contact, and nothing is stored."""
    form = RaiseForm(await read_form_data(request))
    urn = urn_of(form.school_urn.data or "")
    if urn is None:
        raise NotFound
    school = await queries.school_to_raise_for(session, person, urn)
    settings = settings_of(person.authority_id)
    answer = await _form_page(session, person, form, school, status=422)
    if form.to_safeguarding(settings):
        return _safeguarding_page(person)
    if not form.is_valid(settings, standing=bool(await queries.open_escalations_of(session, person, [urn]))):
        return answer
    escalation_id = await actions.raise_escalation(
        session,
        person,
        urn,
        form.columns(),
        tried=form.tried.data or (),
        why_wait=(form.why_wait.data or "") if form.told.data == "wait" else "",
    )
    said = "Your escalation is raised. The core team has been told."
    return Redirect(f"/escalations/{escalation_id}", said)


@endpoint.get("/escalations/safeguarding", permission=Permission.RAISE_ESCALATION)
async def point_to_safeguarding(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Show whom to contact when a child may be at risk."""
    return _safeguarding_page(person)


@endpoint.post(
    "/escalations/{escalation_id:uuid}/notify-school", permission=Permission.CONTRIBUTE_TO_ESCALATION
)
async def notify_school(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Notify the headteacher of the escalation now."""
    await actions.notify_school(session, person, escalation_id)
    return Redirect(f"/escalations/{escalation_id}", "The headteacher has been told.")


def urn_of(text: str) -> int | None:
    """Parse a URN; None if empty. Raises NotFound if it cannot be a URN."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise NotFound
    return int(text)


def _safeguarding_page(person: Principal) -> Page:
    contact = settings_of(person.authority_id).contacts.get("safeguarding")
    return Page("escalations/safeguarding.html", {"contact": contact})


async def _form_page(
    session: AsyncSession, person: Principal, form: RaiseForm, school: Any, status: int = 200
) -> Page:
    """Render the form; the choices are set before validation, because validation needs them."""
    settings = settings_of(person.authority_id)
    form.offer_choices(settings, await queries.tried_with(session, person, school.urn))
    standing = await queries.open_escalations_of(session, person, [school.urn])
    context = {
        "form": form,
        "school": school,
        "settings": settings,
        "standing": standing.get(school.urn),
        "safeguarding": settings.contacts.get("safeguarding"),
    }
    return Page("escalations/new.html", context, status=status)


routes = [new_escalation, raise_escalation, point_to_safeguarding, notify_school]
