"""Pages for sign-in with a provider or as a persona of the demonstration, and for sign-out."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError

from alongside.errors import ConfigurationError, NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import Contact, SignIn
from alongside.features.people.queries import hashed
from alongside.features.people.redirects import origin_of, same_site, whom_to_ask
from alongside.features.people.role_assignments import HeldRole, current_role_assignment, personas, role_label
from alongside.features.people.sessions import device_of, end_session
from alongside.features.people.sign_in.actions import Browser, Granted, recognise, sign_in
from alongside.features.people.sign_in.claims import Identified, identified, workplace
from alongside.features.people.sign_in.errors import REASONS, Reason, SignInRefused
from alongside.features.people.sign_in.queries import just_ended, person_of_identity, status_of_school
from alongside.features.schools.models import OPEN_STATUSES
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.retries import run_with_retries
from alongside.platform.web.context import SESSION_COOKIE, AppContext
from alongside.platform.web.http import HttpRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import (
    ContinueAfterCommit,
    Page,
    PageContext,
    PageResult,
    Redirect,
)
from alongside.platform.web.routing import endpoint

if TYPE_CHECKING:
    from alongside.features.people.sign_in.authorization_flow import OidcCallbackResult

DEMONSTRATION = "demonstration"
SIGNING_IN = "__Host-signing-in"
LEAVING = "__Host-leaving"
TO_LEAVE = "signing out there"
CLEAR = {"clear-site-data": '"cache", "storage"'}
"""Without "cookies", which would also delete those of other authorities on the same domain."""

log = structlog.get_logger("alongside.features.people")
AnyRequest = HttpRequest


@dataclass(frozen=True, kw_only=True)
class SignInPage(PageContext):
    """The ways to sign in and, in the demonstration, personas that match what is `wanted`."""

    template = "people/sign_in.html"

    ways: Sequence[SignIn]
    next: str
    wanted: str
    personas: Sequence[tuple[HeldRole, str]]
    contacts: Sequence[Contact]


@dataclass(frozen=True, kw_only=True)
class NotSignedIn(PageContext):
    """Why a sign-in was refused, and whom to ask."""

    template = "people/not_signed_in.html"

    reason: Reason
    contacts: Sequence[Contact]


@dataclass(frozen=True, kw_only=True)
class SignedOut(PageContext):
    """The address at which to sign out of the provider too, if there is one."""

    template = "people/signed_out.html"

    leave: str | None = None
    way: SignIn | None = None


@endpoint.get("/sign-in", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_sign_in(ctx: PageRequest) -> PageResult:
    """The sign-in page: the authority's providers and, in the demonstration, personas."""
    question = ctx.query
    app_context: AppContext = ctx.app
    wanted = question.one("q")
    settings = settings_of(ctx.person.authority_id)
    found = await personas(ctx.session, ctx.person, wanted) if app_context.demonstration else []
    return Page(
        SignInPage(
            ways=settings.sign_in,
            next=same_site(question.one("next")),
            wanted=wanted,
            personas=[(one, role_label(one)) for one in found],
            contacts=whom_to_ask(settings),
        )
    )


@endpoint.post("/sign-in/persona", permission=Permission.VIEW_PUBLIC_PAGES)
async def sign_in_as_persona(ctx: PageRequest) -> PageResult:
    """Sign in as a persona; only in the demonstration, otherwise raises NotFound."""
    app_context: AppContext = ctx.app
    if not app_context.demonstration:
        raise NotFound
    form = await ctx.submitted()
    try:
        role_assignment_id = UUID(form.one("role_assignment_id"))
    except ValueError:
        raise NotFound from None
    chosen = await current_role_assignment(ctx.session, ctx.person, role_assignment_id)
    if chosen is None:
        raise NotFound
    token = await sign_in(ctx.session, ctx.person, chosen, _browser(ctx.request, DEMONSTRATION))
    said = f"You are {chosen.name}: {role_label(chosen)}."
    return Redirect(same_site(form.one("next")), said, cookies={SESSION_COOKIE: token})


@endpoint.get("/sign-in/{key:str}", permission=Permission.VIEW_PUBLIC_PAGES)
async def start_oidc(ctx: PageRequest, key: str) -> PageResult:
    """Redirect to a provider with an authorization request that is bound to this browser."""
    way = _way(ctx.person, key)
    app_context: AppContext = ctx.app
    question = ctx.query
    origin = origin_of(settings_of(ctx.person.authority_id), ctx.request.headers["host"])
    carried = {
        "next": same_site(question.one("next")),
        "invitation": question.one("invitation") or None,
    }

    async def depart() -> PageResult:
        await _load_libraries()
        from alongside.features.people.sign_in.authorization_flow import authorization_request

        try:
            address, sealed = await authorization_request(
                way,
                app_context.secret,
                ctx.person.authority_id,
                f"{origin}/sign-in/{way.key}/callback",
                carried,
            )
        except (SignInRefused, ConfigurationError) as problem:
            return _not_signed_in(way, problem)
        return Redirect(address, cookies={SIGNING_IN: sealed})

    return ContinueAfterCommit(depart)


@endpoint.get("/sign-in/{key:str}/callback", permission=Permission.VIEW_PUBLIC_PAGES)
async def oidc_callback(ctx: PageRequest, key: str) -> PageResult:
    """Handle a provider's callback: sign the user in or show why not. Each state opens one session at most."""
    way = _way(ctx.person, key)

    async def arrive() -> PageResult:
        await _load_libraries()
        from alongside.features.people.sign_in.authorization_flow import handle_callback

        app_context: AppContext = ctx.app
        try:
            arrived = await handle_callback(
                way,
                app_context.secret,
                ctx.person.authority_id,
                ctx.request.cookies.get(SIGNING_IN),
                ctx.query,
                app_context.now().timestamp(),
            )
            return await _let_in(ctx.request, app_context, ctx.person, way, arrived)
        except (SignInRefused, ConfigurationError) as problem:
            return _not_signed_in(way, problem)
        except IntegrityError:
            return _not_signed_in(way, SignInRefused("begun_elsewhere", "used already"))

    return ContinueAfterCommit(arrive)


@endpoint.get("/not-signed-in/{because:str}", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_sign_in_error(ctx: PageRequest, because: str) -> PageResult:
    """The page that says why a sign-in was refused and whom to ask."""
    reason = REASONS.get(because)
    if reason is None:
        raise NotFound
    contacts = whom_to_ask(settings_of(ctx.person.authority_id))
    return Page(NotSignedIn(reason=reason, contacts=contacts), status=reason.status)


@endpoint.post("/sign-out", permission=Permission.VIEW_PUBLIC_PAGES)
async def sign_out(ctx: PageRequest) -> PageResult:
    """End this browser's session, whatever the provider does afterwards."""
    if ctx.person.signed_in:
        await end_session(ctx.session, ctx.person, ctx.person.session_id)
    cookies = {SESSION_COOKIE: None, LEAVING: ctx.request.cookies.get(SESSION_COOKIE)}
    return Redirect("/signed-out", cookies=cookies, headers=CLEAR)


@endpoint.get("/signed-out", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_signed_out(ctx: PageRequest) -> PageResult:
    """Confirm the sign-out, and continue to the provider's sign-out if it has one.

    It uses a refresh header, because the form-action policy also covers redirects after a form.
    """
    app_context: AppContext = ctx.app
    ended = await just_ended(ctx.session, ctx.person.authority_id, ctx.request.cookies.get(LEAVING) or "")
    kept = await _kept_token(app_context.secret, ended.id_token) if ended and ended.id_token else None
    ways = settings_of(ctx.person.authority_id).sign_in
    way = next((one for one in ways if kept and one.key == kept["way"]), None)
    if way is None or kept is None:
        return Page(SignedOut(), cookies={LEAVING: None})
    origin = origin_of(settings_of(ctx.person.authority_id), ctx.request.headers["host"])

    async def leave() -> PageResult:
        from alongside.features.people.sign_in.providers import description_of

        try:
            end = (await description_of(way)).end_session_endpoint
        except SignInRefused:
            end = None
        back = {
            "id_token_hint": kept["id_token"],
            "client_id": way.client_id,
            "post_logout_redirect_uri": f"{origin}/signed-out",
        }
        address = f"{end}{'&' if '?' in end else '?'}{urlencode(back)}" if end else None
        headers = {"refresh": f"0; url={address}"} if address else {}
        return Page(SignedOut(leave=address, way=way), cookies={LEAVING: None}, headers=headers)

    return ContinueAfterCommit(leave)


async def _let_in(
    request: AnyRequest,
    app_context: AppContext,
    visitor: Principal,
    way: SignIn,
    arrived: "OidcCallbackResult",
) -> PageResult:
    """Find the user that the provider authenticated and sign them in, in one transaction."""
    from alongside.features.people.sign_in.encrypted_cookie import seal

    who = identified(way, arrived.claims)
    granted = await _granted(app_context, visitor, way, arrived, who)
    kept = {"way": way.key, "id_token": arrived.id_token}
    browser = Browser(
        way.issuer,
        device_of(request.headers.get("user-agent", "")),
        hashed(arrived.state),
        seal(app_context.secret, TO_LEAVE, kept, 24 * 3600),
    )

    async def begin() -> tuple[HeldRole, str]:
        async with app_context.database.transaction(visitor.authority_id) as session:
            role = await recognise(session, visitor, who, invitation=arrived.invitation, granted=granted)
            return role, await sign_in(session, visitor, role, browser)

    role, token = await run_with_retries(begin)
    said = f"You are signed in as {role_label(role)}."
    return Redirect(arrived.next, said, cookies={SESSION_COOKIE: token, SIGNING_IN: None})


async def _granted(
    app_context: AppContext, visitor: Principal, way: SignIn, arrived: "OidcCallbackResult", who: Identified
) -> Granted | None:
    """The role from DfE Sign-in, requested only for users who are unknown here and not invited."""
    if way.kind != "dfe_sign_in" or arrived.invitation is not None:
        return None
    async with app_context.database.transaction(visitor.authority_id, read_only=True) as session:
        if await person_of_identity(session, visitor.authority_id, who) is not None:
            return None
    from alongside.features.people.sign_in.authorization_flow import with_organisation
    from alongside.features.people.sign_in.dfe import role_at

    place = workplace(await with_organisation(way, arrived), visitor.authority_id)
    if place.school_urn is not None:
        async with app_context.database.transaction(visitor.authority_id, read_only=True) as session:
            status = await status_of_school(session, visitor.authority_id, place.school_urn)
        if status is None:
            raise SignInRefused("other_organisation", f"URN {place.school_urn}")
        if status not in OPEN_STATUSES:
            raise SignInRefused("school_closed", f"URN {place.school_urn}")
    return Granted(await role_at(way, place, who.subject), place.school_urn)


async def _load_libraries() -> None:
    """Load what only a sign-in with a provider needs: 10 MB, in a thread because it takes a third of a second."""
    await asyncio.to_thread(import_module, "alongside.features.people.sign_in.authorization_flow")


async def _kept_token(secret: bytes, sealed: str) -> Mapping[str, object] | None:
    await _load_libraries()
    from alongside.features.people.sign_in.encrypted_cookie import unseal

    return unseal(secret, TO_LEAVE, sealed)


def _way(person: Principal, key: str) -> SignIn:
    """The authority's sign-in provider with this key. Raises NotFound."""
    for way in settings_of(person.authority_id).sign_in:
        if way.key == key:
            return way
    raise NotFound


def _browser(request: AnyRequest, issuer: str) -> Browser:
    return Browser(issuer, device_of(request.headers.get("user-agent", "")))


def _not_signed_in(way: SignIn, problem: SignInRefused | ConfigurationError) -> Redirect:
    """Redirect to the error page and delete the cookie of the flow."""
    because = problem.because if isinstance(problem, SignInRefused) else "provider_down"
    log.warning("not signed in", way=way.key, because=because, more=getattr(problem, "log", str(problem)))
    taken: Mapping[str, str | None] = {SIGNING_IN: None}
    return Redirect(f"/not-signed-in/{because}", cookies=taken)


routes = [
    show_sign_in,
    sign_in_as_persona,
    start_oidc,
    oidc_callback,
    show_sign_in_error,
    sign_out,
    show_signed_out,
]
