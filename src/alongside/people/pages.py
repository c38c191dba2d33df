"""People: who holds which role, and how a role ends; with the pages of sign-in, account and invitations."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import ROLE_NAMES, SIGNED_IN_ROLES, Person, Role
from alongside.access.policy import allowed_at_all
from alongside.errors import NotThere
from alongside.people import appointments
from alongside.people.account import pages as account_pages
from alongside.people.invitations import pages as invitation_pages
from alongside.people.invitations.queries import waiting_invitations
from alongside.people.sign_in import pages as sign_in_pages
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import asked

AnyRequest = Request[Any, Any, Any]
ANYBODY, DELEGATES = Permission.INVITE_PEOPLE, Permission.INVITE_DELEGATE


@page.get("/people", permission=Permission.SEE_PEOPLE)
async def list_people(request: AnyRequest, session: AsyncSession, person: Person) -> Answer:
    """Who holds which role, as far as I may see; and the invitations that wait, for those who invite."""
    question = asked(request)
    wanted, role, number = question.one("q"), question.one("role"), _number(question.one("page"))
    rows, more = await appointments.people_within_reach(session, person, wanted, role, number)
    invites = allowed_at_all(person, ANYBODY)
    head = allowed_at_all(person, DELEGATES)
    waiting = await waiting_invitations(session, person, person.school_urn if head else None)
    context = {
        "rows": [(row, appointments.role_in_words(row)) for row in rows],
        "waiting": [(row, appointments.role_in_words(row)) for row in waiting] if invites or head else [],
        "invites": invites,
        "head": head,
        "roles": [(one.value, ROLE_NAMES[one]) for one in Role if one in SIGNED_IN_ROLES],
        "wanted": wanted,
        "role": role,
        "previous": _address(wanted, role, number - 1) if number > 1 else None,
        "next": _address(wanted, role, number + 1) if more else None,
    }
    return Page("people/list.html", context)


@page.get("/people/appointments/{appointment_id:uuid}/end", permission=ANYBODY)
async def ask_before_ending_role(
    request: AnyRequest, session: AsyncSession, person: Person, appointment_id: UUID
) -> Answer:
    """What would end, before it does."""
    return await _ask(session, person, ANYBODY, appointment_id)


@page.post("/people/appointments/{appointment_id:uuid}/end", permission=ANYBODY)
async def end_role(
    request: AnyRequest, session: AsyncSession, person: Person, appointment_id: UUID
) -> Answer:
    """Take a role from somebody."""
    ended = await appointments.end_appointment(session, person, ANYBODY, appointment_id)
    return SeeOther("/people", f"The role has ended: {ended}.")


@page.get("/people/delegates/{appointment_id:uuid}/end", permission=DELEGATES)
async def ask_before_ending_delegate(
    request: AnyRequest, session: AsyncSession, person: Person, appointment_id: UUID
) -> Answer:
    """Which delegate would act for my school no more."""
    return await _ask(session, person, DELEGATES, appointment_id)


@page.post("/people/delegates/{appointment_id:uuid}/end", permission=DELEGATES)
async def end_delegate(
    request: AnyRequest, session: AsyncSession, person: Person, appointment_id: UUID
) -> Answer:
    """A delegate acts for my school no more."""
    ended = await appointments.end_appointment(session, person, DELEGATES, appointment_id)
    return SeeOther("/people", f"The role has ended: {ended}.")


@page.get("/people/{person_id:uuid}/departure", permission=ANYBODY)
async def ask_before_leaving(
    request: AnyRequest, session: AsyncSession, person: Person, person_id: UUID
) -> Answer:
    """What ends when somebody leaves."""
    roles = await appointments.roles_of_person(session, person.authority_id, person_id, person.today)
    if not roles:
        raise NotThere
    context = {"one": roles[0], "roles": [appointments.role_in_words(role) for role in roles]}
    return Page("people/departure.html", context)


@page.post("/people/{person_id:uuid}/departure", permission=ANYBODY)
async def let_leave(request: AnyRequest, session: AsyncSession, person: Person, person_id: UUID) -> Answer:
    """Somebody has left: no role, no session."""
    name = await appointments.let_leave(session, person, person_id)
    return SeeOther("/people", f"{name} has left. All their roles have ended.")


async def _ask(session: AsyncSession, person: Person, permission: Permission, appointment_id: UUID) -> Page:
    found = await appointments.appointment_to(session, person, permission, appointment_id)
    kind = "delegates" if permission is DELEGATES else "appointments"
    context = {
        "one": found,
        "role": appointments.role_in_words(found),
        "action": f"/people/{kind}/{found.id}/end",
    }
    return Page("people/end_role.html", context)


def _number(text: str) -> int:
    return max(1, min(int(text), 10_000)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _address(wanted: str, role: str, number: int) -> str:
    asked_for = {"q": wanted, "role": role, "page": number}
    return f"/people?{urlencode({name: value for name, value in asked_for.items() if value})}"


routes = [
    *sign_in_pages.routes,
    *account_pages.routes,
    *invitation_pages.routes,
    list_people,
    ask_before_ending_role,
    end_role,
    ask_before_ending_delegate,
    end_delegate,
    ask_before_leaving,
    let_leave,
]
