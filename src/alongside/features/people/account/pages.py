"""Pages of a user's own roles, sessions and email preference."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.people.account import actions, queries
from alongside.features.people.account.forms import EmailPreferenceForm
from alongside.features.people.role_assignments import role_label, roles_of_person
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/roles", permission=Permission.SWITCH_ROLE)
async def list_roles(request: Request[Any, Any, Any], session: AsyncSession, person: Principal) -> PageResult:
    """List the user's roles and mark the current one."""
    assert person.id is not None
    rows = await roles_of_person(session, person.authority_id, person.id, person.today)
    return Page("people/roles.html", {"roles": [(row, role_label(row)) for row in rows]})


@endpoint.post("/roles/{role_assignment_id:uuid}/switch", permission=Permission.SWITCH_ROLE)
async def switch_to_role(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, role_assignment_id: UUID
) -> PageResult:
    """Switch to another role, with a new session."""
    token, role = await actions.switch_to_role(session, person, role_assignment_id)
    return Redirect("/home", f"You now act as {role}.", cookies={SESSION_COOKIE: token})


@endpoint.get("/account", permission=Permission.VIEW_OWN_ACCOUNT)
async def show_account(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """The account page: name, email address, sessions, email preference."""
    return await _account(session, person)


@endpoint.post("/account/mail", permission=Permission.VIEW_OWN_ACCOUNT)
async def choose_mail(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Save the email preference."""
    form = EmailPreferenceForm(await read_form_data(request))
    if not form.validate():
        return await _account(session, person, form)
    await actions.choose_mail(session, person, form.mail_choice.data)
    return Redirect("/account", "Your choice is saved.")


@endpoint.post("/account/sessions/{session_id:uuid}/end", permission=Permission.VIEW_OWN_ACCOUNT)
async def end_browser(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, session_id: UUID
) -> PageResult:
    """End one of the user's sessions."""
    if not await actions.end_browser(session, person, session_id):
        raise NotFound
    return Redirect("/account", "That browser is signed out.")


@endpoint.post("/account/sessions/end", permission=Permission.VIEW_OWN_ACCOUNT)
async def end_other_browsers(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """End all of the user's sessions except this one."""
    await actions.end_other_browsers(session, person)
    return Redirect("/account", "All your other browsers are signed out.")


async def _account(session: AsyncSession, person: Principal, form: EmailPreferenceForm | None = None) -> Page:
    me = await queries.account_of(session, person)
    context = {
        "me": me,
        "form": form or EmailPreferenceForm(data={"mail_choice": me.mail_choice}),
        "sessions": await queries.sessions_of(session, person),
    }
    return Page("people/account.html", context, status=422 if form else 200)


routes = [
    list_roles,
    switch_to_role,
    show_account,
    choose_mail,
    end_browser,
    end_other_browsers,
]
