"""The sign-in page, the personas of the demonstration, and signing out."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.errors import NotThere
from alongside.people.appointments import appointment_in_force, personas, role_in_words
from alongside.people.landing import same_site
from alongside.people.sessions import device_of, end_session
from alongside.people.sign_in.actions import sign_in
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.house import SESSION_COOKIE, House
from alongside.web.typed import asked, typed

DEMONSTRATION = "demonstration"


@page.get("/sign-in", permission=Permission.OPEN_FRONT_DOOR)
async def choose_way_in(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The ways to sign in to this authority; in the demonstration, people to be."""
    question = asked(request)
    house: House = request.app.state.house
    wanted, where = question.one("q"), same_site(question.one("next"))
    settings = settings_of(person.authority_id)
    cast = await personas(session, person, wanted) if house.demonstration else []
    context = {
        "ways": settings.sign_in,
        "next": where,
        "wanted": wanted,
        "personas": [(one, role_in_words(one)) for one in cast],
        "contacts": settings.contacts,
    }
    return Page("people/sign_in.html", context)


@page.post("/sign-in/persona", permission=Permission.OPEN_FRONT_DOOR)
async def sign_in_as_persona(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person
) -> Answer:
    """Be somebody of the demonstration. Anywhere else there is no such thing."""
    house: House = request.app.state.house
    if not house.demonstration:
        raise NotThere
    form = await typed(request)
    try:
        appointment_id = UUID(form.one("appointment_id"))
    except ValueError:
        raise NotThere from None
    chosen = await appointment_in_force(session, person, appointment_id)
    if chosen is None:
        raise NotThere
    if person.signed_in:
        await end_session(session, person, person.session_id)
    device = device_of(request.headers.get("user-agent", ""))
    token = await sign_in(session, person, chosen, issuer=DEMONSTRATION, device=device)
    said = f"You are {chosen.name}: {role_in_words(chosen)}."
    return SeeOther(same_site(form.one("next")), said, cookies={SESSION_COOKIE: token})


@page.post("/sign-out", permission=Permission.OPEN_FRONT_DOOR)
async def sign_out(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """End this browser's session here and now, whatever the provider does afterwards."""
    if person.signed_in:
        await end_session(session, person, person.session_id)
    return SeeOther("/signed-out", cookies={SESSION_COOKIE: None})


@page.get("/signed-out", permission=Permission.OPEN_FRONT_DOOR)
async def say_goodbye(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """That one is signed out, and the way back in."""
    return Page("people/signed_out.html")


routes = [choose_way_in, sign_in_as_persona, sign_out, say_goodbye]
