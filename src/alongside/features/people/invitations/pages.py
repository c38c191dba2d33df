"""Pages for inviting people, renewing and withdrawing invitations, and accepting one."""

from collections.abc import Sequence
from dataclasses import dataclass

from alongside.errors import ActionRefused, NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import Contact, SignIn
from alongside.features.people.invitations import actions
from alongside.features.people.invitations.forms import DelegateForm, InvitationForm
from alongside.features.people.invitations.invitee import Invitee
from alongside.features.people.invitations.queries import OpenInvitation, invitation_by_token
from alongside.features.people.redirects import DESK, origin_of, whom_to_ask
from alongside.features.people.role_assignments import (
    current_role_assignment,
    organisations,
    role_label,
    schools_and_consortia,
)
from alongside.features.people.sessions import device_of
from alongside.features.people.sign_in.actions import Browser, sign_in
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import Resource, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.context import SESSION_COOKIE, AppContext
from alongside.platform.web.http import HttpRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint

AnyRequest = HttpRequest
ANYBODY, DELEGATES = Permission.INVITE_PEOPLE, Permission.INVITE_DELEGATE
LIST = "/people"


@dataclass(frozen=True, kw_only=True)
class InvitationGone(PageContext):
    """Who to ask about an invitation that can no longer be used."""

    template = "people/invitation_gone.html"

    contacts: Sequence[Contact]


@dataclass(frozen=True, kw_only=True)
class InvitationPage(PageContext):
    """An invitation, the label of its role, and the ways to sign in and accept it."""

    template = "people/invitation.html"

    invitation: OpenInvitation
    role: str
    token: str
    ways: Sequence[SignIn]


@endpoint.get("/invitations/{token:str}", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_invitation(ctx: PageRequest, token: str) -> PageResult:
    """The invitation's role and the sign-in providers for accepting it."""
    settings = settings_of(ctx.person.authority_id)
    found = await invitation_by_token(ctx.session, ctx.person.authority_id, token)
    if found is None:
        return Page(InvitationGone(contacts=whom_to_ask(settings)), status=404)
    return Page(InvitationPage(invitation=found, role=role_label(found), token=token, ways=settings.sign_in))


@endpoint.post("/invitations/{token:str}/acceptance", permission=Permission.VIEW_PUBLIC_PAGES)
async def accept_invitation(ctx: PageRequest, token: str) -> PageResult:
    """Accept as the signed-in user; in the demonstration, as the invited person."""
    app_context: AppContext = ctx.app
    if not ctx.person.signed_in and not app_context.demonstration:
        raise NotFound
    if await invitation_by_token(ctx.session, ctx.person.authority_id, token) is None:
        raise ActionRefused(actions.GONE)
    email = ctx.person.email if ctx.person.signed_in else None
    _, role_assignment_id = await actions.accept_invitation(
        ctx.session, ctx.person, token, ctx.person.id, email
    )
    role = await current_role_assignment(ctx.session, ctx.person, role_assignment_id)
    assert role is not None
    device = device_of(ctx.request.headers.get("user-agent", ""))
    new = await sign_in(ctx.session, ctx.person, role, Browser("invitation", device))
    return Redirect(DESK, f"You now act as {role_label(role)}.", cookies={SESSION_COOKIE: new})


def origin_for(request: AnyRequest, person: Principal) -> str:
    """Return the base URL of links in the emails of this request."""
    app_context: AppContext = request.app.state.app_context
    host = request.headers["host"]
    return origin_of(settings_of(person.authority_id), host, demonstration=app_context.demonstration)


async def _offer_choices(asked: FormRequest[None, InvitationForm]) -> None:
    authority_id = asked.person.authority_id
    schools, consortia = await schools_and_consortia(asked.session, authority_id)
    asked.form.offer(schools, consortia, await organisations(asked.session, authority_id))


async def _invite(asked: FormRequest[None, InvitationForm]) -> Redirect:
    origin = origin_for(asked.request, asked.person)
    await actions.invite(asked.session, asked.person, ANYBODY, asked.form.invitee(), origin)
    return Redirect(LIST, f"{asked.form.name.data} is invited. We have sent them an email with a link.")


async def _invite_delegate(asked: FormRequest[None, DelegateForm]) -> Redirect:
    form, person = asked.form, asked.person
    delegate = Invitee(
        name=form.name.data or "",
        email=form.email.data or "",
        role=form.role.data,
        school_urn=person.school_urn,
    )
    await actions.invite(asked.session, person, DELEGATES, delegate, origin_for(asked.request, person))
    return Redirect(LIST, f"{form.name.data} is invited. We have sent them an email with a link.")


def _on_an_invitation(
    suffix: str, path: str, permission: Permission
) -> tuple[ButtonAction[OpenInvitation], ...]:
    """The buttons of an invitation that is not answered yet."""
    resource: Resource[OpenInvitation] = Resource(
        name="invitation",
        path=f"{path}/{{invitation_id:uuid}}",
        load=actions.invitation_in_scope,
        url=lambda invitation: f"{path}/{invitation.id}",
        page=lambda _: LIST,
    )
    renew = ButtonAction(
        name=f"renew_invitation{suffix}",
        undo=f"withdraw_invitation{suffix}",
        resource=resource,
        slug="renewal",
        permission=permission,
        label="Send again",
        about=lambda _, invitation: f"to {invitation.name}",
        said="The invitation is sent again with a new link. The old link no longer works.",
        run=lambda asked: actions.renew_invitation(
            asked.session, asked.person, permission, asked.record.id, origin_for(asked.request, asked.person)
        ),
    )
    withdraw = ButtonAction(
        name=f"withdraw_invitation{suffix}",
        undo=f"post_invitation{suffix}",
        resource=resource,
        slug="withdrawal",
        permission=permission,
        label="Withdraw",
        about=lambda _, invitation: f"the invitation of {invitation.name}",
        said="The invitation is withdrawn.",
        run=lambda asked: actions.withdraw_invitation(
            asked.session, asked.person, permission, asked.record.id
        ),
    )
    return renew, withdraw


INVITE: FormAction[None, InvitationForm] = FormAction(
    name="post_invitation",
    creates=True,
    resource=list_resource("/people/invitations", LIST),
    slug="",
    form_slug="new",
    permission=ANYBODY,
    title="Invite a person",
    intro="They get an email with a link that works once.",
    submit="Send invitation",
    form=InvitationForm,
    choices=_offer_choices,
    run=_invite,
)
INVITE_DELEGATE: FormAction[None, DelegateForm] = FormAction(
    name="post_invitation_of_delegate",
    creates=True,
    resource=list_resource("/people/delegates", LIST),
    slug="",
    form_slug="new",
    permission=DELEGATES,
    title="Invite a delegate or your chair of governors",
    intro="A delegate acts for your school. Only you can do what is reserved for headteachers."
    " The chair reads and signs the school’s profile and category letter, and sees nothing else.",
    submit="Send invitation",
    form=DelegateForm,
    run=_invite_delegate,
)
ON_ANY = _on_an_invitation("", "/people/invitations", ANYBODY)
ON_A_DELEGATE = _on_an_invitation("_of_delegate", "/people/delegates/invitations", DELEGATES)
ON_AN_INVITATION = (*ON_ANY, *ON_A_DELEGATE)
routes = [
    show_invitation,
    accept_invitation,
    *routes_of((INVITE, INVITE_DELEGATE, *ON_AN_INVITATION)),
]
