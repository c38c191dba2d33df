"""Pages of people and their roles; collects the routes of sign-in, account and invitations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.people import role_assignments
from alongside.features.people.account import pages as account_pages
from alongside.features.people.handing_over import (
    HandoverForm,
    continuity_sentences,
    hand_over,
    open_work,
    possible_successors,
)
from alongside.features.people.invitation_files import pages as file_pages
from alongside.features.people.invitations import pages as invitation_pages
from alongside.features.people.invitations.queries import OpenInvitation, waiting_invitations
from alongside.features.people.role_assignments import INVITED_BY_HEADS, HeldRole
from alongside.features.people.sign_in import pages as sign_in_pages
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import ROLE_NAMES, SIGNED_IN_ROLES, Principal, Role
from alongside.platform.forms.action import ActionButton, Resource, buttons_for, routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.formatting import format_date
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint

Ending = TypeVar("Ending")
"""The role that ends, or all roles of a person."""

ANYBODY, DELEGATES = Permission.INVITE_PEOPLE, Permission.INVITE_DELEGATE


class RoleRow(NamedTuple):
    """A role that somebody holds, its label, and the buttons that the reader has on it."""

    role: HeldRole
    label: str
    buttons: Sequence[ActionButton]


class InvitationRow(NamedTuple):
    """An invitation that waits, the label of its role, and the buttons that the reader has on it."""

    invitation: OpenInvitation
    label: str
    buttons: Sequence[ActionButton]


@dataclass(frozen=True, kw_only=True)
class PeopleList(PageContext):
    """Roles and invitations in the reader's scope.

    `invites` is true for people who invite anybody, `head` for those who invite delegates. `wanted` and `role` are what
    the list is limited to, `previous` and `next` the addresses of the other pages.
    """

    template = "people/list.html"

    rows: Sequence[RoleRow]
    waiting: Sequence[InvitationRow]
    invites: bool
    head: bool
    roles: Sequence[tuple[str, str]]
    wanted: str
    role: str
    previous: str | None
    next: str | None


@endpoint.get("/people", permission=Permission.VIEW_PEOPLE)
async def list_people(ctx: PageRequest) -> PageResult:
    """List people with their roles in the user's scope, and open invitations for those who may invite."""
    question = ctx.query
    wanted, role, number = question.one("q"), question.one("role"), _number(question.one("page"))
    rows, more = await role_assignments.people_in_scope(ctx.session, ctx.person, wanted, role, number)
    invites = has_permission(ctx.person, ANYBODY)
    head = has_permission(ctx.person, DELEGATES)
    urn = ctx.person.school_urn if head else None
    waiting = await waiting_invitations(ctx.session, ctx.person, urn) if invites or head else []
    return Page(
        PeopleList(
            rows=[_role_row(ctx.person, row) for row in rows],
            waiting=[
                InvitationRow(
                    row,
                    role_assignments.role_label(row),
                    buttons_for(ctx.person, row, invitation_pages.ON_AN_INVITATION),
                )
                for row in waiting
            ],
            invites=invites,
            head=head,
            roles=[(one.value, ROLE_NAMES[one]) for one in Role if one in SIGNED_IN_ROLES],
            wanted=wanted,
            role=role,
            previous=_address(wanted, role, number - 1) if number > 1 else None,
            next=_address(wanted, role, number + 1) if more else None,
        )
    )


def _role_row(person: Principal, row: HeldRole) -> RoleRow:
    buttons = [
        *buttons_for(person, row, (END_ROLE, END_DELEGATE)),
        *buttons_for(person, [row], (LEAVE,)),
    ]
    return RoleRow(row, role_assignments.role_label(row), buttons)


async def _roles(
    session: AsyncSession, person: Principal, _permission: Permission, person_id: UUID
) -> Sequence[HeldRole]:
    roles = await role_assignments.roles_of_person(session, person.authority_id, person_id, person.today)
    if not roles:
        raise NotFound
    return roles


def _what_ends(_: Principal, roles: Sequence[HeldRole]) -> str:
    listed = "; ".join(role_assignments.role_label(role) for role in roles)
    return f"These roles end immediately: {listed}. {roles[0].name} is signed out everywhere. Their records stay."


@dataclass(frozen=True, kw_only=True)
class OpenWorkContext(FormContext):
    """What is open when the roles end, and who acts for each school or consortium then."""

    work: Sequence[str]
    continuity: Sequence[str]


async def _offer_successors(asked: FormRequest[Ending, HandoverForm], ending: Sequence[HeldRole]) -> None:
    work = await open_work(asked.session, asked.person, ending)
    asked.form.successor.choices = await possible_successors(
        asked.session, asked.person, work, ending[0].person_id
    )


async def _show_work(session: AsyncSession, person: Principal, ending: Sequence[HeldRole]) -> OpenWorkContext:
    work = await open_work(session, person, ending)
    return OpenWorkContext(work=work.words, continuity=continuity_sentences(work))


async def _hand_over(asked: FormRequest[Ending, HandoverForm], ending: Sequence[HeldRole]) -> None:
    chosen = asked.form.successor.data
    await hand_over(asked.session, asked.person, ending, UUID(chosen) if chosen else None)


async def _leave(asked: FormRequest[Sequence[HeldRole], HandoverForm]) -> Redirect:
    await _hand_over(asked, asked.record)
    name = await role_assignments.let_leave(asked.session, asked.person, asked.record[0].person_id)
    return Redirect("/people", f"{name} has left. All their roles have ended.")


async def _leaver_successors(asked: FormRequest[Sequence[HeldRole], HandoverForm]) -> None:
    await _offer_successors(asked, asked.record)


async def _leaver_work(asked: FormRequest[Sequence[HeldRole], HandoverForm]) -> OpenWorkContext:
    return await _show_work(asked.session, asked.person, asked.record)


async def _role_successors(asked: FormRequest[HeldRole, HandoverForm]) -> None:
    await _offer_successors(asked, [asked.record])


async def _role_work(asked: FormRequest[HeldRole, HandoverForm]) -> OpenWorkContext:
    return await _show_work(asked.session, asked.person, [asked.record])


def _ending(name: str, kind: str, permission: Permission) -> FormAction[HeldRole, HandoverForm]:
    async def end(asked: FormRequest[HeldRole, HandoverForm]) -> Redirect:
        await _hand_over(asked, [asked.record])
        ended = await role_assignments.end_role_assignment(
            asked.session, asked.person, permission, asked.record.id
        )
        return Redirect("/people", f"The role has ended: {ended}.")

    return FormAction(
        name=name,
        resource=Resource(
            name="role",
            path=f"/people/{kind}/{{role_assignment_id:uuid}}",
            load=role_assignments.get_role_assignment,
            url=lambda role: f"/people/{kind}/{role.id}",
            page=lambda _: "/people",
            caption=lambda _, role: (
                f"{role_assignments.role_label(role)}, since {format_date(role.starts_on)}"
            ),
        ),
        slug="end",
        permission=permission,
        relevant=lambda _, role: permission is ANYBODY or role.role in INVITED_BY_HEADS,
        label="End role",
        about=lambda _, role: f"of {role.name}: {role_assignments.role_label(role)}",
        title=lambda _, role: f"End the role of {role.name}?",
        intro="The role ends immediately. Their records stay.",
        submit="End role",
        warning=True,
        form=HandoverForm,
        choices=_role_successors,
        template="people/end_role.html",
        context=_role_work,
        run=end,
    )


END_ROLE = _ending("end_role", "appointments", ANYBODY)
END_DELEGATE = _ending("end_delegate", "delegates", DELEGATES)
LEAVE = FormAction(
    name="let_leave",
    resource=Resource(
        name="roles",
        path="/people/{person_id:uuid}",
        load=_roles,
        url=lambda roles: f"/people/{roles[0].person_id}",
        page=lambda _: "/people",
    ),
    slug="departure",
    permission=ANYBODY,
    label="Has left",
    about=lambda _, roles: roles[0].name,
    title=lambda _, roles: f"Has {roles[0].name} left?",
    intro=_what_ends,
    submit=lambda _, roles: f"Yes, {roles[0].name} has left",
    warning=True,
    form=HandoverForm,
    choices=_leaver_successors,
    template="people/end_role.html",
    context=_leaver_work,
    run=_leave,
)


def _number(text: str) -> int:
    return max(1, min(int(text), 10_000)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _address(wanted: str, role: str, number: int) -> str:
    asked_for = {"q": wanted, "role": role, "page": number}
    return f"/people?{urlencode({name: value for name, value in asked_for.items() if value})}"


routes = [
    *sign_in_pages.routes,
    *account_pages.routes,
    *invitation_pages.routes,
    *file_pages.routes,
    list_people,
    *routes_of((END_ROLE, END_DELEGATE, LEAVE)),
]
