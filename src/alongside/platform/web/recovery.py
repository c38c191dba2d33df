"""What a refused request is answered with instead of an error: the form with its text, or an offer to change role."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable
from urllib.parse import urlsplit

from alongside.errors import (
    ActionRefused,
    AlongsideError,
    AuthenticationRequired,
    CsrfError,
    NotFound,
    ValidationFailed,
)
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.context import SESSION_COOKIE, AppContext, OtherRole, Tenant
from alongside.platform.web.error_contexts import ForbiddenContext, is_text
from alongside.platform.web.form_data import FormData, is_received, read_form_data
from alongside.platform.web.http import HttpRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import ContinueAfterCommit, Page, PageContext, PageResult
from alongside.platform.web.security import refuse_wrong_token

UNSENT = "unsent"
"""The parameter that asks a form for the text that the person could not send."""

MOST_ROLES = 3
"""Other roles of a person that are tried for a page, the most recently used first, so that an error stays cheap."""

OLD_FORM = (
    "Nothing was saved yet: you signed in again or changed role after you opened this form. "
    "Check your text, then send it again."
)


@runtime_checkable
class HasForm(Protocol):
    """A declared action whose form can be shown again with what was typed."""

    @property
    def permission(self) -> Permission:
        """The permission of the action."""

    def form_path(self, ids: Mapping[str, object]) -> str | None:
        """Return the address of the form; None if it is part of another page."""

    async def show_again(
        self, ctx: PageRequest, ids: Mapping[str, object], sentence: str, status: int
    ) -> PageResult:
        """Return the page with the form as it was sent, and above it why nothing was saved."""


@dataclass(frozen=True, kw_only=True)
class ChangeRoleContext(PageContext):
    """A page that another role of this person can see: the two roles, and where to go after the change.

    `kept` says whether the text of a form is kept.
    """

    template: ClassVar[str] = "errors/role.html"

    role: str
    other: OtherRole
    after: str
    kept: bool = False


def may_recover(request: HttpRequest, person: Principal, problem: Exception) -> bool:
    """Return whether there may be a better answer than the error, without asking the database."""
    if request.method != "POST":
        return isinstance(problem, NotFound) and person.other_roles > 0 and _is_page(request)
    if isinstance(problem, NotFound):
        return person.other_roles > 0
    if isinstance(problem, AuthenticationRequired):
        return True  # a form with a file is refused before it has arrived
    if not is_received(request):
        return False  # sent by another website, or too large
    return isinstance(problem, CsrfError | ActionRefused | ValidationFailed)


def _is_page(request: HttpRequest) -> bool:
    return not request.route_handler.opt["by_itself"] and "hx-request" not in request.headers


async def recovered(
    request: HttpRequest, app_context: AppContext, tenant: Tenant, person: Principal, problem: Exception
) -> PageResult | None:
    """Return the form with its text, or an offer to change role; None if neither is possible."""
    typed = await read_form_data(request) if request.method == "POST" else None
    action = request.route_handler.opt["action"]
    if typed is None:
        return await _offer_role(request, app_context, tenant, person, None)
    if not isinstance(action, HasForm) or not _has_text(typed):
        return None
    if not person.signed_in:
        return await _keep_for_sign_in(request, app_context, tenant, action, typed)
    if isinstance(problem, NotFound):
        return await _offer_role(request, app_context, tenant, person, typed)
    sentence, status = _said(problem)
    try:
        async with app_context.database.transaction(tenant.authority_id, read_only=True) as session:
            if not has_permission(person, action.permission):
                raise NotFound
            ctx = PageRequest(request, session, person)
            return await action.show_again(ctx, request.path_params, sentence, status)
    except NotFound:
        return await _offer_role(request, app_context, tenant, person, typed)


def _has_text(typed: FormData) -> bool:
    return any(is_text(value) for _, value in typed.texts())


def _said(problem: Exception) -> tuple[str, int]:
    """Return why nothing was saved, and the status."""
    match problem:
        case CsrfError():
            return OLD_FORM, 403
        case ActionRefused():
            return problem.sentence, 409
        case ValidationFailed():
            return " ".join(one for sentences in problem.mistakes.values() for one in sentences), 422
    raise TypeError


async def _keep_for_sign_in(
    request: HttpRequest, app_context: AppContext, tenant: Tenant, action: HasForm, typed: FormData
) -> PageResult | None:
    """Keep what a person typed whose session has ended, and offer to sign in again.

    Only a form of that session is kept, which its token proves. None if nobody had such a session.
    """
    token = request.cookies.get(SESSION_COOKIE)
    try:
        refuse_wrong_token(token, typed.one("csrf_token"))
    except AlongsideError:
        return None
    async with app_context.database.transaction(tenant.authority_id) as session:
        person_id = await app_context.unsent.person_of_ended_session(
            session, tenant.authority_id, token or ""
        )
        if person_id is None:
            return None
        await app_context.unsent.keep(session, tenant.authority_id, person_id, request.scope["path"], typed)
    sentence = "You have been signed out, so nothing was saved. Your text is kept for a day."
    back = with_unsent(form_address(request, action))
    return Page(ForbiddenContext(sentence=sentence, back_to=back).with_typed(typed), 403)


async def _offer_role(
    request: HttpRequest,
    app_context: AppContext,
    tenant: Tenant,
    person: Principal,
    typed: FormData | None,
) -> PageResult | None:
    """Return an offer to act in another role of this person that can see this page; None if there is none.

    Each role asks the page itself, so that the offer says no more than that role can see.
    """
    if person.other_roles == 0:
        return None
    async with app_context.database.transaction(tenant.authority_id, read_only=True) as session:
        own, others = await app_context.roles_of(session, person)
    for other in others[:MOST_ROLES]:
        if await _can_see(request, app_context, tenant, other.principal, typed):
            break
    else:
        return None
    if typed is None:
        query = request.scope.get("query_string", b"").decode("latin-1")
        after = request.scope["path"] + (f"?{query}" if query else "")
        return Page(ChangeRoleContext(role=own, other=other, after=after), 403)
    assert person.id is not None
    async with app_context.database.transaction(tenant.authority_id) as session:
        await app_context.unsent.keep(session, tenant.authority_id, person.id, request.scope["path"], typed)
    after = with_unsent(form_address(request, request.route_handler.opt["action"]))
    return Page(ChangeRoleContext(role=own, other=other, after=after, kept=True), 403)


async def _can_see(
    request: HttpRequest,
    app_context: AppContext,
    tenant: Tenant,
    other: Principal,
    typed: FormData | None,
) -> bool:
    """Return whether a role can see this page, or the form of this action. Nothing is written or logged as read."""
    opt = request.route_handler.opt
    if not has_permission(other, opt["permission"]):
        return False
    try:
        async with app_context.database.transaction(tenant.authority_id, read_only=True) as session:
            ctx = PageRequest(request, session, other)
            if typed is None:
                answer = await opt["function"](ctx, **request.path_params)
            else:
                answer = await opt["action"].show_again(ctx, request.path_params, "", 200)
    except AlongsideError:
        return False
    return isinstance(answer, ContinueAfterCommit) or not isinstance(answer, Page) or answer.status < 400


def form_address(request: HttpRequest, action: HasForm) -> str:
    """Return the address of the page with the form: the page that sent it, or the form's own address.

    A path that a browser may read as another host (`//host`, a backslash) is not taken from the browser.
    """
    path: str = request.scope["path"]
    came_from = urlsplit(request.headers.get("referer", ""))
    here = came_from.netloc == request.headers.get("host") and not re.search(r"//|\\", came_from.path)
    if here and came_from.path not in ("", path):
        query = "&".join(
            one for one in came_from.query.split("&") if one and not one.startswith(f"{UNSENT}=")
        )
        return came_from.path + (f"?{query}" if query else "")
    return action.form_path(request.path_params) or path


def with_unsent(address: str) -> str:
    """Return the address of a form that asks it for the text that was kept."""
    return f"{address}{'&' if '?' in address else '?'}{UNSENT}=1"
