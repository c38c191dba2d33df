"""Pages of a user's own roles, sessions and email preference."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from wtforms import Form

from alongside.errors import NotFound
from alongside.features.people.account import actions, queries
from alongside.features.people.account.forms import EmailPreferenceForm
from alongside.features.people.redirects import same_site
from alongside.features.people.role_assignments import UsedRole, role_label, roles_of_person
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest, id_resource, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class OwnRoles(PageContext):
    """The person's roles, each with its label."""

    template = "people/roles.html"

    roles: Sequence[tuple[UsedRole, str]]


@dataclass(frozen=True, kw_only=True)
class AccountContext(FormContext):
    """The person's account (`me`) and their active sessions."""

    me: queries.Account
    sessions: Sequence[queries.OpenSession]


@endpoint.get("/roles", permission=Permission.SWITCH_ROLE)
async def list_roles(ctx: PageRequest) -> PageResult:
    """List the user's roles and mark the current one."""
    assert ctx.person.id is not None
    rows = await roles_of_person(ctx.session, ctx.person.authority_id, ctx.person.id, ctx.person.today)
    return Page(OwnRoles(roles=[(row, role_label(row)) for row in rows]))


@endpoint.get("/account", permission=Permission.VIEW_OWN_ACCOUNT)
async def show_account(ctx: PageRequest) -> PageResult:
    """The account page: name, email address, sessions, email preference."""
    return await CHOOSE_MAIL.new_form_page(ctx, None)


async def _context(asked: FormRequest[None, EmailPreferenceForm]) -> AccountContext:
    return AccountContext(
        me=await queries.account_of(asked.session, asked.person),
        sessions=await queries.sessions_of(asked.session, asked.person),
    )


async def _present_choice(asked: ActionRequest[None]) -> dict[str, object]:
    return {"mail_choice": (await queries.account_of(asked.session, asked.person)).mail_choice}


async def _switch(asked: ActionRequest[UUID]) -> Redirect:
    """Switch to another role, with a new session."""
    token, role = await actions.switch_to_role(asked.session, asked.person, asked.record)
    after = same_site(asked.data.one("next"))
    return Redirect(after, f"You now act as {role}.", cookies={SESSION_COOKIE: token})


async def _end_browser(asked: ActionRequest[UUID]) -> None:
    if not await actions.end_browser(asked.session, asked.person, asked.record):
        raise NotFound


async def _end_other_browsers(asked: ActionRequest[None]) -> None:
    await actions.end_other_browsers(asked.session, asked.person)


SWITCH = ButtonAction(
    name="switch_to_role",
    undo="switch_to_role",
    resource=id_resource("/roles/{role_assignment_id:uuid}", "/roles"),
    slug="switch",
    permission=Permission.SWITCH_ROLE,
    run=_switch,
)
CHOOSE_MAIL: FormAction[None, EmailPreferenceForm] = FormAction(
    name="choose_mail",
    undo="choose_mail",
    resource=list_resource("/account"),
    slug="mail",
    form_slug=None,
    permission=Permission.VIEW_OWN_ACCOUNT,
    form=EmailPreferenceForm,
    initial=_present_choice,
    template="people/account.html",
    context=_context,
    said="Your choice is saved.",
    run=lambda asked: actions.choose_mail(asked.session, asked.person, asked.form.mail_choice.data),
)
END_BROWSER = FormAction(
    name="end_browser",
    resource=id_resource("/account/sessions/{session_id:uuid}", "/account"),
    slug="end",
    permission=Permission.VIEW_OWN_ACCOUNT,
    title="Sign out this browser",
    intro="That browser is signed out at once. Text that was not sent there is kept for a day.",
    form=Form,
    said="That browser is signed out.",
    run=_end_browser,
)
END_OTHER_BROWSERS = FormAction(
    name="end_other_browsers",
    resource=list_resource("/account"),
    slug="sessions/end",
    permission=Permission.VIEW_OWN_ACCOUNT,
    title="Sign out my other browsers",
    intro="All your other browsers are signed out at once. This one stays signed in.",
    form=Form,
    said="All your other browsers are signed out.",
    run=_end_other_browsers,
)
routes = [
    list_roles,
    show_account,
    *routes_of((SWITCH, CHOOSE_MAIL, END_BROWSER, END_OTHER_BROWSERS)),
]
