"""The pages by which a consortium raises a case, and the school is told of it."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.errors import NotThere
from alongside.escalations.raising import actions, queries
from alongside.escalations.raising.forms import RaiseForm
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import asked, typed


@page.get("/cases/new", permission=Permission.RAISE_CASE)
async def write_case(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """An empty form for one school; a school is chosen first."""
    urn = urn_of(asked(request).one("school"))
    if urn is None:
        schools = await queries.schools_to_raise_for(session, person)
        return Page("cases/choose_school.html", {"schools": schools})
    school = await queries.school_to_raise_for(session, person, urn)
    return await _form_page(session, person, RaiseForm(data={"school_urn": urn, "told": "now"}), school)


@page.post("/cases", permission=Permission.RAISE_CASE)
async def raise_case(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Raise a case. A safeguarding matter is pointed to its own route, and nothing of it is kept."""
    form = RaiseForm(await typed(request))
    urn = urn_of(form.school_urn.data or "")
    if urn is None:
        raise NotThere
    school = await queries.school_to_raise_for(session, person, urn)
    settings = settings_of(person.authority_id)
    answer = await _form_page(session, person, form, school, status=422)
    if form.to_safeguarding(settings):
        return _safeguarding_page(person)
    if not form.holds(settings, standing=bool(await queries.open_cases_of(session, person, [urn]))):
        return answer
    case_id = await actions.raise_case(
        session,
        person,
        urn,
        form.columns(),
        tried=form.tried.data or (),
        why_wait=(form.why_wait.data or "") if form.told.data == "wait" else "",
    )
    said = "Your case is raised. The core team has been told."
    return SeeOther(f"/cases/{case_id}", said)


@page.get("/cases/safeguarding", permission=Permission.RAISE_CASE)
async def point_to_safeguarding(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person
) -> Answer:
    """Whom to speak to when a child may be at risk."""
    return _safeguarding_page(person)


@page.post("/cases/{case_id:uuid}/telling", permission=Permission.WORK_ON_CASE)
async def tell_school(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Let the headteacher know of the case now."""
    await actions.tell_school(session, person, case_id)
    return SeeOther(f"/cases/{case_id}", "The headteacher has been told.")


def urn_of(text: str) -> int | None:
    """A URN as it was sent; None for nothing. Raises NotThere for what cannot be one."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise NotThere
    return int(text)


def _safeguarding_page(person: Person) -> Page:
    contact = settings_of(person.authority_id).contacts.get("safeguarding")
    return Page("cases/safeguarding.html", {"contact": contact})


async def _form_page(
    session: AsyncSession, person: Person, form: RaiseForm, school: Any, status: int = 200
) -> Page:
    """The form with its lists filled: before it is checked, so that the checks know what may be chosen."""
    settings = settings_of(person.authority_id)
    form.offer_choices(settings, await queries.tried_with(session, person, school.urn))
    standing = await queries.open_cases_of(session, person, [school.urn])
    context = {
        "form": form,
        "school": school,
        "settings": settings,
        "standing": standing.get(school.urn),
        "safeguarding": settings.contacts.get("safeguarding"),
    }
    return Page("cases/new.html", context, status=status)


routes = [write_case, raise_case, point_to_safeguarding, tell_school]
