"""Inviting somebody, sending it again, withdrawing it; and what an invitation's link shows."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person, Role
from alongside.authorities import settings_of
from alongside.errors import NotThere, Refused
from alongside.people.appointments import appointment_in_force, places, role_in_words
from alongside.people.invitations import actions
from alongside.people.invitations.forms import DelegateForm, InvitationForm
from alongside.people.invitations.queries import invitation_by_token
from alongside.people.landing import DESK, origin_of, whom_to_ask
from alongside.people.sessions import device_of
from alongside.people.sign_in.actions import Browser, sign_in
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.house import SESSION_COOKIE, House
from alongside.web.typed import typed

AnyRequest = Request[Any, Any, Any]
ANYBODY, DELEGATES = Permission.INVITE_PEOPLE, Permission.INVITE_DELEGATE
RENEWED = "The invitation is sent again, with a new link. The old link works no more."
WITHDRAWN = "The invitation is withdrawn."


@page.get("/people/invitations/new", permission=ANYBODY)
async def write_invitation(request: AnyRequest, session: AsyncSession, person: Person) -> Answer:
    """An empty invitation to any role."""
    return await _form(session, person, InvitationForm())


@page.post("/people/invitations", permission=ANYBODY)
async def post_invitation(request: AnyRequest, session: AsyncSession, person: Person) -> Answer:
    """Invite somebody to a role."""
    form = InvitationForm(await typed(request))
    answer = await _form(session, person, form, status=422)
    if not form.validate():
        return answer
    await actions.invite(session, person, ANYBODY, form.columns(), _origin(request, person))
    return SeeOther("/people", f"{form.name.data} is invited. The letter with the link is on its way.")


@page.get("/people/delegates/new", permission=DELEGATES)
async def write_invitation_of_delegate(request: AnyRequest, session: AsyncSession, person: Person) -> Answer:
    """An empty invitation to act for my school."""
    return Page("people/invite_delegate.html", {"form": DelegateForm()})


@page.post("/people/delegates", permission=DELEGATES)
async def post_invitation_of_delegate(request: AnyRequest, session: AsyncSession, person: Person) -> Answer:
    """Invite somebody to act for my school as I do, but for what a head alone may agree."""
    form = DelegateForm(await typed(request))
    if not form.validate():
        return Page("people/invite_delegate.html", {"form": form}, status=422)
    columns = {
        "name": form.name.data,
        "email": form.email.data,
        "role": Role.DELEGATE.value,
        "school_urn": person.school_urn,
    }
    await actions.invite(session, person, DELEGATES, columns, _origin(request, person))
    return SeeOther("/people", f"{form.name.data} is invited. The letter with the link is on its way.")


@page.post("/people/invitations/{invitation_id:uuid}/renewal", permission=ANYBODY)
async def renew_invitation(
    request: AnyRequest, session: AsyncSession, person: Person, invitation_id: UUID
) -> Answer:
    """Send it again."""
    await actions.renew_invitation(session, person, ANYBODY, invitation_id, _origin(request, person))
    return SeeOther("/people", RENEWED)


@page.post("/people/invitations/{invitation_id:uuid}/withdrawal", permission=ANYBODY)
async def withdraw_invitation(
    request: AnyRequest, session: AsyncSession, person: Person, invitation_id: UUID
) -> Answer:
    """Take it back."""
    await actions.withdraw_invitation(session, person, ANYBODY, invitation_id)
    return SeeOther("/people", WITHDRAWN)


@page.post("/people/delegates/invitations/{invitation_id:uuid}/renewal", permission=DELEGATES)
async def renew_invitation_of_delegate(
    request: AnyRequest, session: AsyncSession, person: Person, invitation_id: UUID
) -> Answer:
    """Send a delegate's invitation again."""
    await actions.renew_invitation(session, person, DELEGATES, invitation_id, _origin(request, person))
    return SeeOther("/people", RENEWED)


@page.post("/people/delegates/invitations/{invitation_id:uuid}/withdrawal", permission=DELEGATES)
async def withdraw_invitation_of_delegate(
    request: AnyRequest, session: AsyncSession, person: Person, invitation_id: UUID
) -> Answer:
    """Take a delegate's invitation back."""
    await actions.withdraw_invitation(session, person, DELEGATES, invitation_id)
    return SeeOther("/people", WITHDRAWN)


@page.get("/invitations/{token:str}", permission=Permission.OPEN_FRONT_DOOR)
async def show_invitation(request: AnyRequest, session: AsyncSession, person: Person, token: str) -> Answer:
    """What somebody is invited to, and the ways to sign in with it."""
    settings = settings_of(person.authority_id)
    found = await invitation_by_token(session, person.authority_id, token)
    if found is None:
        return Page("people/invitation_gone.html", {"contacts": whom_to_ask(settings)}, status=404)
    context = {
        "invitation": found,
        "role": role_in_words(found),
        "token": token,
        "ways": settings.sign_in,
        "contacts": whom_to_ask(settings),
    }
    return Page("people/invitation.html", context)


@page.post("/invitations/{token:str}/acceptance", permission=Permission.OPEN_FRONT_DOOR)
async def accept_invitation(request: AnyRequest, session: AsyncSession, person: Person, token: str) -> Answer:
    """Take it up as who I am signed in as; in the demonstration, as the person it was written to."""
    house: House = request.app.state.house
    if not person.signed_in and not house.demonstration:
        raise NotThere
    if await invitation_by_token(session, person.authority_id, token) is None:
        raise Refused(actions.GONE)
    email = person.email if person.signed_in else None
    _, appointment_id = await actions.accept_invitation(session, person, token, person.id, email)
    role = await appointment_in_force(session, person, appointment_id)
    assert role is not None
    device = device_of(request.headers.get("user-agent", ""))
    new = await sign_in(session, person, role, Browser("invitation", device))
    return SeeOther(DESK, f"You now act as {role_in_words(role)}.", cookies={SESSION_COOKIE: new})


async def _form(session: AsyncSession, person: Person, form: InvitationForm, status: int = 200) -> Page:
    form.offer(*await places(session, person.authority_id))
    return Page("people/invite.html", {"form": form}, status=status)


def _origin(request: AnyRequest, person: Person) -> str:
    house: House = request.app.state.house
    host = request.headers["host"]
    return origin_of(settings_of(person.authority_id), host, demonstration=house.demonstration)


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
