"""One's own roles, the browsers one is signed in with, and how one wants to be told."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import NotThere
from alongside.people.account import actions, queries
from alongside.people.account.forms import MailForm
from alongside.people.appointments import role_in_words, roles_of_person
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.house import SESSION_COOKIE
from alongside.web.typed import typed


@page.get("/roles", permission=Permission.SWITCH_ROLE)
async def list_roles(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The roles that I hold, and which of them I act in now."""
    assert person.id is not None
    rows = await roles_of_person(session, person.authority_id, person.id, person.today)
    return Page("people/roles.html", {"roles": [(row, role_in_words(row)) for row in rows]})


@page.post("/roles/{appointment_id:uuid}/turn", permission=Permission.SWITCH_ROLE)
async def turn_to_role(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, appointment_id: UUID
) -> Answer:
    """Act in another of my roles from now on, with a new session."""
    token, role = await actions.turn_to_role(session, person, appointment_id)
    return SeeOther("/desk", f"You now act as {role}.", cookies={SESSION_COOKIE: token})


@page.get("/account", permission=Permission.SEE_OWN_ACCOUNT)
async def show_account(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """My name and address, my browsers, my mail."""
    return await _account(session, person)


@page.post("/account/mail", permission=Permission.SEE_OWN_ACCOUNT)
async def choose_mail(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Have mail at once, once a day, or not at all."""
    form = MailForm(await typed(request))
    if not form.validate():
        return await _account(session, person, form)
    await actions.choose_mail(session, person, form.mail_choice.data)
    return SeeOther("/account", "Your choice is saved.")


@page.post("/account/sessions/{session_id:uuid}/end", permission=Permission.SEE_OWN_ACCOUNT)
async def end_browser(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, session_id: UUID
) -> Answer:
    """Sign one of my browsers out."""
    if not await actions.end_browser(session, person, session_id):
        raise NotThere
    return SeeOther("/account", "That browser is signed out.")


@page.post("/account/sessions/end", permission=Permission.SEE_OWN_ACCOUNT)
async def end_other_browsers(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person
) -> Answer:
    """Sign all my browsers out but this one."""
    await actions.end_other_browsers(session, person)
    return SeeOther("/account", "All your other browsers are signed out.")


async def _account(session: AsyncSession, person: Person, form: MailForm | None = None) -> Page:
    me = await queries.account_of(session, person)
    context = {
        "me": me,
        "form": form or MailForm(data={"mail_choice": me.mail_choice}),
        "sessions": await queries.sessions_of(session, person),
    }
    return Page("people/account.html", context, status=422 if form else 200)


routes = [
    list_roles,
    turn_to_role,
    show_account,
    choose_mail,
    end_browser,
    end_other_browsers,
]
