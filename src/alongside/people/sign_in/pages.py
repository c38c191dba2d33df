"""The sign-in page, the round trip to a provider, the personas of the demonstration, and signing out."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import structlog
from litestar import Request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.authorities.settings import SignIn
from alongside.errors import NotThere, WrongSetUp
from alongside.people.appointments import appointment_in_force, personas, role_in_words
from alongside.people.landing import origin_of, same_site, whom_to_ask
from alongside.people.queries import hashed
from alongside.people.sessions import device_of, end_session
from alongside.people.sign_in.actions import Browser, Granted, recognise, sign_in
from alongside.people.sign_in.arrivals import (
    SIGNING_IN,
    Arrived,
    answer_from,
    question_for,
    with_organisation,
)
from alongside.people.sign_in.claims import Identified, identified, workplace
from alongside.people.sign_in.dfe import role_at
from alongside.people.sign_in.providers import description_of
from alongside.people.sign_in.queries import just_ended, person_of_identity, status_of_school
from alongside.people.sign_in.refusals import REASONS, NotLetIn
from alongside.people.sign_in.sealed import seal, unseal
from alongside.schools.model import OPEN_STATUSES
from alongside.web.answers import AfterCommit, Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.house import SESSION_COOKIE, House
from alongside.web.typed import asked, typed

DEMONSTRATION = "demonstration"
LEAVING = "__Host-leaving"
TO_LEAVE = "signing out there"
CLEAR = {"clear-site-data": '"cache", "storage"'}
"""Not "cookies": those of the other authorities on the same domain would go as well."""

log = structlog.get_logger("alongside.people")
AnyRequest = Request[Any, Any, Any]


@page.get("/sign-in", permission=Permission.OPEN_FRONT_DOOR)
async def choose_way_in(request: AnyRequest, session: AsyncSession, person: Person) -> Answer:
    """The ways to sign in to this authority; in the demonstration, people to be."""
    question = asked(request)
    house: House = request.app.state.house
    wanted = question.one("q")
    settings = settings_of(person.authority_id)
    cast = await personas(session, person, wanted) if house.demonstration else []
    context = {
        "ways": settings.sign_in,
        "next": same_site(question.one("next")),
        "wanted": wanted,
        "personas": [(one, role_in_words(one)) for one in cast],
        "contacts": whom_to_ask(settings),
    }
    return Page("people/sign_in.html", context)


@page.post("/sign-in/persona", permission=Permission.OPEN_FRONT_DOOR)
async def sign_in_as_persona(request: AnyRequest, session: AsyncSession, person: Person) -> Answer:
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
    token = await sign_in(session, person, chosen, _browser(request, DEMONSTRATION))
    said = f"You are {chosen.name}: {role_in_words(chosen)}."
    return SeeOther(same_site(form.one("next")), said, cookies={SESSION_COOKIE: token})


@page.get("/sign-in/{key:str}", permission=Permission.OPEN_FRONT_DOOR)
async def go_to_provider(request: AnyRequest, session: AsyncSession, person: Person, key: str) -> Answer:
    """Off to a provider, with a question that only this browser can bring an answer to."""
    way = _way(person, key)
    house: House = request.app.state.house
    question = asked(request)
    origin = origin_of(settings_of(person.authority_id), request.headers["host"])
    carried = {
        "next": same_site(question.one("next")),
        "invitation": question.one("invitation") or None,
    }

    async def depart() -> Answer:
        try:
            address, sealed = await question_for(
                way, house.secret, person.authority_id, f"{origin}/sign-in/{way.key}/callback", carried
            )
        except (NotLetIn, WrongSetUp) as problem:
            return _not_signed_in(way, problem)
        return SeeOther(address, cookies={SIGNING_IN: sealed})

    return AfterCommit(depart)


@page.get("/sign-in/{key:str}/callback", permission=Permission.OPEN_FRONT_DOOR)
async def come_back_from_provider(
    request: AnyRequest, session: AsyncSession, person: Person, key: str
) -> Answer:
    """Back from a provider: believed or not, and signed in or told why not. Each answer opens one session at most."""
    way = _way(person, key)

    async def arrive() -> Answer:
        house: House = request.app.state.house
        try:
            arrived = await answer_from(
                way,
                house.secret,
                person.authority_id,
                request.cookies.get(SIGNING_IN),
                asked(request),
                house.now().timestamp(),
            )
            return await _let_in(request, house, person, way, arrived)
        except (NotLetIn, WrongSetUp) as problem:
            return _not_signed_in(way, problem)
        except IntegrityError:
            return _not_signed_in(way, NotLetIn("begun_elsewhere", "used already"))

    return AfterCommit(arrive)


@page.get("/not-signed-in/{because:str}", permission=Permission.OPEN_FRONT_DOOR)
async def say_why_not(request: AnyRequest, session: AsyncSession, person: Person, because: str) -> Answer:
    """Why somebody was not let in, and whom to ask."""
    reason = REASONS.get(because)
    if reason is None:
        raise NotThere
    context = {"reason": reason, "contacts": whom_to_ask(settings_of(person.authority_id))}
    return Page("people/not_signed_in.html", context, status=reason.status)


@page.post("/sign-out", permission=Permission.OPEN_FRONT_DOOR)
async def sign_out(request: AnyRequest, session: AsyncSession, person: Person) -> Answer:
    """End this browser's session here and now, whatever the provider does afterwards."""
    if person.signed_in:
        await end_session(session, person, person.session_id)
    cookies = {SESSION_COOKIE: None, LEAVING: request.cookies.get(SESSION_COOKIE)}
    return SeeOther("/signed-out", cookies=cookies, headers=CLEAR)


@page.get("/signed-out", permission=Permission.OPEN_FRONT_DOOR)
async def say_goodbye(request: AnyRequest, session: AsyncSession, person: Person) -> Answer:
    """That one is signed out here; and on to signing out at the provider, where it offers that.

    By a refresh, not a redirect: the policy on where our forms may lead covers redirects after them.
    """
    house: House = request.app.state.house
    ended = await just_ended(session, person.authority_id, request.cookies.get(LEAVING) or "")
    kept = unseal(house.secret, TO_LEAVE, ended.id_token) if ended else None
    ways = settings_of(person.authority_id).sign_in
    way = next((one for one in ways if kept and one.key == kept["way"]), None)
    if way is None or kept is None:
        return Page("people/signed_out.html", {"leave": None, "way": None}, cookies={LEAVING: None})
    origin = origin_of(settings_of(person.authority_id), request.headers["host"])

    async def leave() -> Answer:
        try:
            end = (await description_of(way)).get("end_session_endpoint")
        except NotLetIn:
            end = None
        back = {
            "id_token_hint": kept["id_token"],
            "client_id": way.client_id,
            "post_logout_redirect_uri": f"{origin}/signed-out",
        }
        address = f"{end}{'&' if '?' in end else '?'}{urlencode(back)}" if end else None
        context = {"leave": address, "way": way}
        headers = {"refresh": f"0; url={address}"} if address else {}
        return Page("people/signed_out.html", context, cookies={LEAVING: None}, headers=headers)

    return AfterCommit(leave)


async def _let_in(
    request: AnyRequest, house: House, visitor: Person, way: SignIn, arrived: Arrived
) -> Answer:
    """Recognise whom the provider vouches for and sign them in, in one transaction."""
    who = identified(way, arrived.claims)
    granted = await _granted(house, visitor, way, arrived, who)
    kept = {"way": way.key, "id_token": arrived.id_token}
    browser = Browser(
        way.issuer,
        device_of(request.headers.get("user-agent", "")),
        hashed(arrived.state),
        seal(house.secret, TO_LEAVE, kept, 24 * 3600),
    )
    async with house.database.fenced(visitor.authority_id) as session:
        role = await recognise(session, visitor, who, invitation=arrived.invitation, granted=granted)
        token = await sign_in(session, visitor, role, browser)
    said = f"You are signed in as {role_in_words(role)}."
    return SeeOther(arrived.next, said, cookies={SESSION_COOKIE: token, SIGNING_IN: None})


async def _granted(
    house: House, visitor: Person, way: SignIn, arrived: Arrived, who: Identified
) -> Granted | None:
    """The role that DfE Sign-in vouches for, asked only about people whom nobody here knows or has invited."""
    if way.kind != "dfe_sign_in" or arrived.invitation is not None:
        return None
    async with house.database.fenced(visitor.authority_id, read_only=True) as session:
        if await person_of_identity(session, visitor.authority_id, who) is not None:
            return None
    place = workplace(await with_organisation(way, arrived), visitor.authority_id)
    if place.school_urn is not None:
        async with house.database.fenced(visitor.authority_id, read_only=True) as session:
            status = await status_of_school(session, visitor.authority_id, place.school_urn)
        if status is None:
            raise NotLetIn("other_organisation", f"URN {place.school_urn}")
        if status not in OPEN_STATUSES:
            raise NotLetIn("school_closed", f"URN {place.school_urn}")
    return Granted(await role_at(way, place, who.subject), place.school_urn)


def _way(person: Person, key: str) -> SignIn:
    """One of this authority's own ways to sign in. Raises NotThere."""
    for way in settings_of(person.authority_id).sign_in:
        if way.key == key:
            return way
    raise NotThere


def _browser(request: AnyRequest, issuer: str) -> Browser:
    return Browser(issuer, device_of(request.headers.get("user-agent", "")))


def _not_signed_in(way: SignIn, problem: NotLetIn | WrongSetUp) -> SeeOther:
    """On to the page that says why, with what was begun in this browser taken away."""
    because = problem.because if isinstance(problem, NotLetIn) else "provider_down"
    log.warning("not signed in", way=way.key, because=because, more=getattr(problem, "log", str(problem)))
    taken: Mapping[str, str | None] = {SIGNING_IN: None}
    return SeeOther(f"/not-signed-in/{because}", cookies=taken)


routes = [
    choose_way_in,
    sign_in_as_persona,
    go_to_provider,
    come_back_from_provider,
    say_why_not,
    sign_out,
    say_goodbye,
]
