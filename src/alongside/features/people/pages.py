"""Pages of people and their roles; collects the routes of sign-in, account and invitations."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.people import role_assignments
from alongside.features.people.account import pages as account_pages
from alongside.features.people.invitations import pages as invitation_pages
from alongside.features.people.invitations.queries import waiting_invitations
from alongside.features.people.sign_in import pages as sign_in_pages
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import ROLE_NAMES, SIGNED_IN_ROLES, Principal, Role
from alongside.platform.web.form_data import asked
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

AnyRequest = Request[Any, Any, Any]
ANYBODY, DELEGATES = Permission.INVITE_PEOPLE, Permission.INVITE_DELEGATE


@endpoint.get("/people", permission=Permission.VIEW_PEOPLE)
async def list_people(request: AnyRequest, session: AsyncSession, person: Principal) -> PageResult:
    """List people with their roles in the user's scope, and open invitations for those who may invite."""
    question = asked(request)
    wanted, role, number = question.one("q"), question.one("role"), _number(question.one("page"))
    rows, more = await role_assignments.people_in_scope(session, person, wanted, role, number)
    invites = has_permission(person, ANYBODY)
    head = has_permission(person, DELEGATES)
    waiting = await waiting_invitations(session, person, person.school_urn if head else None)
    context = {
        "rows": [(row, role_assignments.role_label(row)) for row in rows],
        "waiting": [(row, role_assignments.role_label(row)) for row in waiting] if invites or head else [],
        "invites": invites,
        "head": head,
        "roles": [(one.value, ROLE_NAMES[one]) for one in Role if one in SIGNED_IN_ROLES],
        "wanted": wanted,
        "role": role,
        "previous": _address(wanted, role, number - 1) if number > 1 else None,
        "next": _address(wanted, role, number + 1) if more else None,
    }
    return Page("people/list.html", context)


@endpoint.get("/people/appointments/{role_assignment_id:uuid}/end", permission=ANYBODY)
async def ask_before_ending_role(
    request: AnyRequest, session: AsyncSession, person: Principal, role_assignment_id: UUID
) -> PageResult:
    """Ask for confirmation before a role ends."""
    return await _ask(session, person, ANYBODY, role_assignment_id)


@endpoint.post("/people/appointments/{role_assignment_id:uuid}/end", permission=ANYBODY)
async def end_role(
    request: AnyRequest, session: AsyncSession, person: Principal, role_assignment_id: UUID
) -> PageResult:
    """End a role."""
    ended = await role_assignments.end_role_assignment(session, person, ANYBODY, role_assignment_id)
    return Redirect("/people", f"The role has ended: {ended}.")


@endpoint.get("/people/delegates/{role_assignment_id:uuid}/end", permission=DELEGATES)
async def ask_before_ending_delegate(
    request: AnyRequest, session: AsyncSession, person: Principal, role_assignment_id: UUID
) -> PageResult:
    """Ask for confirmation before a delegate's role ends."""
    return await _ask(session, person, DELEGATES, role_assignment_id)


@endpoint.post("/people/delegates/{role_assignment_id:uuid}/end", permission=DELEGATES)
async def end_delegate(
    request: AnyRequest, session: AsyncSession, person: Principal, role_assignment_id: UUID
) -> PageResult:
    """End a delegate's role."""
    ended = await role_assignments.end_role_assignment(session, person, DELEGATES, role_assignment_id)
    return Redirect("/people", f"The role has ended: {ended}.")


@endpoint.get("/people/{person_id:uuid}/departure", permission=ANYBODY)
async def ask_before_leaving(
    request: AnyRequest, session: AsyncSession, person: Principal, person_id: UUID
) -> PageResult:
    """Ask for confirmation before a person is marked as having left."""
    roles = await role_assignments.roles_of_person(session, person.authority_id, person_id, person.today)
    if not roles:
        raise NotFound
    context = {"one": roles[0], "roles": [role_assignments.role_label(role) for role in roles]}
    return Page("people/departure.html", context)


@endpoint.post("/people/{person_id:uuid}/departure", permission=ANYBODY)
async def let_leave(
    request: AnyRequest, session: AsyncSession, person: Principal, person_id: UUID
) -> PageResult:
    """Mark a person as having left: end all their roles and sessions."""
    name = await role_assignments.let_leave(session, person, person_id)
    return Redirect("/people", f"{name} has left. All their roles have ended.")


async def _ask(
    session: AsyncSession, person: Principal, permission: Permission, role_assignment_id: UUID
) -> Page:
    found = await role_assignments.get_role_assignment(session, person, permission, role_assignment_id)
    kind = "delegates" if permission is DELEGATES else "appointments"
    context = {
        "one": found,
        "role": role_assignments.role_label(found),
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
