"""Pages of a user's own roles, sessions and email preference."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.people.account import actions, queries
from alongside.features.people.account.forms import EmailPreferenceForm
from alongside.features.people.role_assignments import role_label, roles_of_person
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageResult, Redirect, TemplateVariables
from alongside.platform.web.routing import endpoint


@endpoint.get("/roles", permission=Permission.SWITCH_ROLE)
async def list_roles(ctx: PageRequest) -> PageResult:
    """List the user's roles and mark the current one."""
    assert ctx.person.id is not None
    rows = await roles_of_person(ctx.session, ctx.person.authority_id, ctx.person.id, ctx.person.today)
    return Page(TemplateVariables("people/roles.html", {"roles": [(row, role_label(row)) for row in rows]}))


@endpoint.post("/roles/{role_assignment_id:uuid}/switch", permission=Permission.SWITCH_ROLE)
async def switch_to_role(ctx: PageRequest, role_assignment_id: UUID) -> PageResult:
    """Switch to another role, with a new session."""
    token, role = await actions.switch_to_role(ctx.session, ctx.person, role_assignment_id)
    return Redirect("/home", f"You now act as {role}.", cookies={SESSION_COOKIE: token})


@endpoint.get("/account", permission=Permission.VIEW_OWN_ACCOUNT)
async def show_account(ctx: PageRequest) -> PageResult:
    """The account page: name, email address, sessions, email preference."""
    return await _account(ctx.session, ctx.person)


@endpoint.post("/account/mail", permission=Permission.VIEW_OWN_ACCOUNT)
async def choose_mail(ctx: PageRequest) -> PageResult:
    """Save the email preference."""
    form = EmailPreferenceForm(await ctx.submitted())
    if not form.validate():
        return await _account(ctx.session, ctx.person, form)
    await actions.choose_mail(ctx.session, ctx.person, form.mail_choice.data)
    return Redirect("/account", "Your choice is saved.")


@endpoint.post("/account/sessions/{session_id:uuid}/end", permission=Permission.VIEW_OWN_ACCOUNT)
async def end_browser(ctx: PageRequest, session_id: UUID) -> PageResult:
    """End one of the user's sessions."""
    if not await actions.end_browser(ctx.session, ctx.person, session_id):
        raise NotFound
    return Redirect("/account", "That browser is signed out.")


@endpoint.post("/account/sessions/end", permission=Permission.VIEW_OWN_ACCOUNT)
async def end_other_browsers(ctx: PageRequest) -> PageResult:
    """End all of the user's sessions except this one."""
    await actions.end_other_browsers(ctx.session, ctx.person)
    return Redirect("/account", "All your other browsers are signed out.")


async def _account(session: AsyncSession, person: Principal, form: EmailPreferenceForm | None = None) -> Page:
    me = await queries.account_of(session, person)
    context = {
        "me": me,
        "form": form or EmailPreferenceForm(data={"mail_choice": me.mail_choice}),
        "sessions": await queries.sessions_of(session, person),
    }
    return Page(TemplateVariables("people/account.html", context), status=422 if form else 200)


routes = [
    list_roles,
    switch_to_role,
    show_account,
    choose_mail,
    end_browser,
    end_other_browsers,
]
