"""Pages for inviting people, renewing and withdrawing invitations, and accepting one."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.authorities import settings_of
from alongside.features.people.invitations import actions
from alongside.features.people.invitations.forms import DelegateForm, InvitationForm
from alongside.features.people.invitations.queries import invitation_by_token
from alongside.features.people.redirects import DESK, origin_of, whom_to_ask
from alongside.features.people.role_assignments import (
    current_role_assignment,
    role_label,
    schools_and_consortia,
)
from alongside.features.people.sessions import device_of
from alongside.features.people.sign_in.actions import Browser, sign_in
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, Role
from alongside.platform.web.context import SESSION_COOKIE, AppContext
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

AnyRequest = Request[Any, Any, Any]
ANYBODY, DELEGATES = Permission.INVITE_PEOPLE, Permission.INVITE_DELEGATE
RENEWED = "The invitation is sent again, with a new link. The old link works no more."
WITHDRAWN = "The invitation is withdrawn."


@endpoint.get("/people/invitations/new", permission=ANYBODY)
async def write_invitation(request: AnyRequest, session: AsyncSession, person: Principal) -> PageResult:
    """The empty invitation form for any role."""
    return await _form(session, person, InvitationForm())


@endpoint.post("/people/invitations", permission=ANYBODY)
async def post_invitation(request: AnyRequest, session: AsyncSession, person: Principal) -> PageResult:
    """Invite a person to a role."""
    form = InvitationForm(await read_form_data(request))
    answer = await _form(session, person, form, status=422)
    if not form.validate():
        return answer
    await actions.invite(session, person, ANYBODY, form.columns(), _origin(request, person))
    return Redirect("/people", f"{form.name.data} is invited. The letter with the link is on its way.")


@endpoint.get("/people/delegates/new", permission=DELEGATES)
async def write_invitation_of_delegate(
    request: AnyRequest, session: AsyncSession, person: Principal
) -> PageResult:
    """The empty invitation form for a delegate of the user's school."""
    return Page("people/invite_delegate.html", {"form": DelegateForm()})


@endpoint.post("/people/delegates", permission=DELEGATES)
async def post_invitation_of_delegate(
    request: AnyRequest, session: AsyncSession, person: Principal
) -> PageResult:
    """Invite a delegate, who may do what the headteacher may, except the acts reserved for headteachers."""
    form = DelegateForm(await read_form_data(request))
    if not form.validate():
        return Page("people/invite_delegate.html", {"form": form}, status=422)
    columns = {
        "name": form.name.data,
        "email": form.email.data,
        "role": Role.DELEGATE.value,
        "school_urn": person.school_urn,
    }
    await actions.invite(session, person, DELEGATES, columns, _origin(request, person))
    return Redirect("/people", f"{form.name.data} is invited. The letter with the link is on its way.")


@endpoint.post("/people/invitations/{invitation_id:uuid}/renewal", permission=ANYBODY)
async def renew_invitation(
    request: AnyRequest, session: AsyncSession, person: Principal, invitation_id: UUID
) -> PageResult:
    """Send an invitation again."""
    await actions.renew_invitation(session, person, ANYBODY, invitation_id, _origin(request, person))
    return Redirect("/people", RENEWED)


@endpoint.post("/people/invitations/{invitation_id:uuid}/withdrawal", permission=ANYBODY)
async def withdraw_invitation(
    request: AnyRequest, session: AsyncSession, person: Principal, invitation_id: UUID
) -> PageResult:
    """Withdraw an invitation."""
    await actions.withdraw_invitation(session, person, ANYBODY, invitation_id)
    return Redirect("/people", WITHDRAWN)


@endpoint.post("/people/delegates/invitations/{invitation_id:uuid}/renewal", permission=DELEGATES)
async def renew_invitation_of_delegate(
    request: AnyRequest, session: AsyncSession, person: Principal, invitation_id: UUID
) -> PageResult:
    """Send a delegate's invitation again."""
    await actions.renew_invitation(session, person, DELEGATES, invitation_id, _origin(request, person))
    return Redirect("/people", RENEWED)


@endpoint.post("/people/delegates/invitations/{invitation_id:uuid}/withdrawal", permission=DELEGATES)
async def withdraw_invitation_of_delegate(
    request: AnyRequest, session: AsyncSession, person: Principal, invitation_id: UUID
) -> PageResult:
    """Withdraw a delegate's invitation."""
    await actions.withdraw_invitation(session, person, DELEGATES, invitation_id)
    return Redirect("/people", WITHDRAWN)


@endpoint.get("/invitations/{token:str}", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_invitation(
    request: AnyRequest, session: AsyncSession, person: Principal, token: str
) -> PageResult:
    """The invitation's role and the sign-in providers for accepting it."""
    settings = settings_of(person.authority_id)
    found = await invitation_by_token(session, person.authority_id, token)
    if found is None:
        return Page("people/invitation_gone.html", {"contacts": whom_to_ask(settings)}, status=404)
    context = {
        "invitation": found,
        "role": role_label(found),
        "token": token,
        "ways": settings.sign_in,
        "contacts": whom_to_ask(settings),
    }
    return Page("people/invitation.html", context)


@endpoint.post("/invitations/{token:str}/acceptance", permission=Permission.VIEW_PUBLIC_PAGES)
async def accept_invitation(
    request: AnyRequest, session: AsyncSession, person: Principal, token: str
) -> PageResult:
    """Accept as the signed-in user; in the demonstration, as the invited person."""
    app_context: AppContext = request.app.state.app_context
    if not person.signed_in and not app_context.demonstration:
        raise NotFound
    if await invitation_by_token(session, person.authority_id, token) is None:
        raise ActionRefused(actions.GONE)
    email = person.email if person.signed_in else None
    _, role_assignment_id = await actions.accept_invitation(session, person, token, person.id, email)
    role = await current_role_assignment(session, person, role_assignment_id)
    assert role is not None
    device = device_of(request.headers.get("user-agent", ""))
    new = await sign_in(session, person, role, Browser("invitation", device))
    return Redirect(DESK, f"You now act as {role_label(role)}.", cookies={SESSION_COOKIE: new})


async def _form(session: AsyncSession, person: Principal, form: InvitationForm, status: int = 200) -> Page:
    form.offer(*await schools_and_consortia(session, person.authority_id))
    return Page("people/invite.html", {"form": form}, status=status)


def _origin(request: AnyRequest, person: Principal) -> str:
    app_context: AppContext = request.app.state.app_context
    host = request.headers["host"]
    return origin_of(settings_of(person.authority_id), host, demonstration=app_context.demonstration)


routes = [
    write_invitation,
    post_invitation,
    write_invitation_of_delegate,
    post_invitation_of_delegate,
    renew_invitation,
    withdraw_invitation,
    renew_invitation_of_delegate,
    withdraw_invitation_of_delegate,
    show_invitation,
    accept_invitation,
]
