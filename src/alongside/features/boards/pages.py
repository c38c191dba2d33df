"""Pages of bodies: the list, which is the first page of board members and clerks, a body, and one of its seats."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from alongside.features.authorities.body_settings import BodySettings, Quorum
from alongside.features.boards import actions, queries
from alongside.features.boards.managing import BODY_ACTIONS, MANAGE, SEAT_ACTIONS
from alongside.features.boards.models import KINDS
from alongside.features.boards.queries import BodyRecord, EndedTerm, SeatRow, SubstituteRow, get_body
from alongside.features.boards.resource import SEAT, SeatOfBody
from alongside.features.boards.sections import SectionContent, sections_of, work_items_of_boards
from alongside.features.boards.work_items import SOON, Task, tasks_of
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import BOARD_ROLES, Role
from alongside.platform.forms.action import ActionButton, ActionRequest, buttons_for, id_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.work_items import WorkItem

VIEW = Permission.VIEW_BOARD
ACTING = BOARD_ROLES | {Role.HEAD_OF_SERVICE}
"""Roles that have something to do on the boards."""

QUORUM_OF = {
    "voting_seats": "the voting seats",
    "filled_voting_seats": "the voting seats that are filled",
    "seats": "all seats",
    "filled_seats": "the seats that are filled",
}
MAJORITIES = {
    "simple": "More for than against",
    "two_thirds": "Two thirds of the votes",
    "three_quarters": "Three quarters of the votes",
}


@dataclass(frozen=True, slots=True)
class ListedSeat:
    """A seat as the page of a body shows it."""

    row: SeatRow
    label: str
    path: str
    substitutes: Sequence[SubstituteRow]
    ends_soon: bool
    own: bool


@dataclass(frozen=True, slots=True)
class SeatGroup:
    """The seats of one constituency."""

    label: str
    voting: bool
    by: str
    seats: Sequence[ListedSeat]


@dataclass(frozen=True, kw_only=True)
class BodyList(PageContext):
    """The bodies of the authority, and what the clerk does next."""

    template: ClassVar[str] = "boards/list.html"

    bodies: Sequence[BodyRecord]
    items: Sequence[WorkItem]
    tasks: Sequence[Task]
    manages: bool
    without_seat: bool
    KINDS: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class BodyPage(PageContext):
    """One body: its seats, its rules, and the terms that have ended."""

    template: ClassVar[str] = "boards/show.html"

    body: BodyRecord
    groups: Sequence[SeatGroup]
    sections: Sequence[SectionContent]
    rules: Sequence[tuple[str, str]]
    ended: Sequence[EndedTerm]
    labels: dict[str, str]
    more: bool
    number: int
    manages: bool
    shares_seats: bool
    buttons: Sequence[ActionButton]
    KINDS: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class SeatPage(PageContext):
    """One seat with its actions, for those who manage the body."""

    template: ClassVar[str] = "boards/seat.html"

    seat: SeatOfBody
    substitutes: Sequence[SubstituteRow]
    buttons: Sequence[ActionButton]


@endpoint.get("/boards", permission=VIEW)
async def list_bodies(ctx: PageRequest) -> PageResult:
    """List the bodies of the authority, and for a clerk what comes next."""
    bodies = await queries.bodies_of(ctx.session, ctx.person)
    manages = has_permission(ctx.person, MANAGE)
    tasks = tasks_of(bodies, ctx.person.today) if manages else []
    seated = any(one.stored is not None and one.stored.own for one in bodies)
    without_seat = ctx.person.role is Role.BOARD_MEMBER and bool(bodies) and not seated
    items = await work_items_of_boards(ctx.session, ctx.person) if ctx.person.role in ACTING else []
    context = BodyList(
        bodies=bodies, items=items, tasks=tasks, manages=manages, without_seat=without_seat, KINDS=KINDS
    )
    return Page(context)


@endpoint.get("/boards/{body_key:str}", permission=VIEW)
async def show_body(ctx: PageRequest, body_key: str) -> PageResult:
    """Show a body: who holds its seats, its rules, and earlier terms."""
    body = await get_body(ctx.session, ctx.person, VIEW, body_key)
    number = number_of_page(ctx.query.one("page"))
    groups: list[SeatGroup] = []
    ended: list[EndedTerm] = []
    more = False
    if body.stored is not None:
        seats = await queries.seats_of(ctx.session, ctx.person, body.id)
        substitutes = await queries.substitutes_of(ctx.session, ctx.person, body.id)
        groups = _groups(body, seats, substitutes, ctx)
        ended, more = await queries.ended_terms(ctx.session, ctx.person, body.id, number)
    context = BodyPage(
        body=body,
        groups=groups,
        sections=await sections_of(ctx.session, ctx.person, body),
        rules=rules_of(body.settings),
        ended=ended,
        labels={name: one.label for name, one in body.settings.constituencies.items()},
        more=more,
        number=number,
        manages=has_permission(ctx.person, MANAGE),
        shares_seats=any(one.apportioned for one in body.settings.constituencies.values()),
        buttons=buttons_for(ctx.person, body, BODY_ACTIONS),
        KINDS=KINDS,
    )
    return Page(context)


def _groups(
    body: BodyRecord, seats: Sequence[SeatRow], substitutes: Sequence[SubstituteRow], ctx: PageRequest
) -> list[SeatGroup]:
    found = []
    for key in dict.fromkeys([*body.settings.constituencies, *(one.constituency for one in seats)]):
        declared = body.settings.constituencies.get(key)
        listed = [
            ListedSeat(
                row,
                SeatOfBody(body, row).label,
                SEAT.url(SeatOfBody(body, row)),
                [one for one in substitutes if one.seat_id == row.id],
                row.until_on is not None and row.until_on <= ctx.person.today + SOON,
                row.person_id is not None and row.person_id == ctx.person.id,
            )
            for row in seats
            if row.constituency == key
        ]
        if listed:
            label, by = (declared.label, declared.by) if declared else (key, "")
            found.append(SeatGroup(label, listed[0].row.voting, by, listed))
    return sorted(found, key=lambda one: (not one.voting, -len(one.seats), one.label))


def rules_of(settings: BodySettings) -> list[tuple[str, str]]:
    """Return the rules of a body in words."""
    chair = "Independent" if settings.chair == "independent" else "Elected from the members with a vote"
    if settings.chair_never:
        never = {"councillor": "a councillor", "officer": "an officer"}
        chair += f", never {' or '.join(never[one] for one in settings.chair_never)}"
    return [
        ("Term", f"{settings.term_years} years"),
        ("Chair", chair + (". Has a casting vote" if settings.casting_vote else ". No casting vote")),
        ("Quorum", quorum_label(settings.quorum)),
        ("A motion is carried by", MAJORITIES[settings.majority]),
        ("Notice of a meeting", f"{settings.notice_days} clear days"),
        ("Meetings", f"At least {settings.meetings_a_year} a year"),
        ("Decides on", "\n".join(one.label for one in settings.remits.values())),
    ]


def quorum_label(quorum: Quorum) -> str:
    """Return a quorum in words: “2 of 5 parts of the seats that are filled”."""
    return f"{quorum.numerator}/{quorum.denominator} of {QUORUM_OF[quorum.of]}"


@endpoint.get("/boards/{body_key:str}/seats/{seat_id:uuid}", permission=MANAGE)
async def show_seat(ctx: PageRequest, body_key: str, seat_id: UUID) -> PageResult:
    """Show a seat with its holder and substitutes, and what can be done."""
    seat = await SEAT.load(ctx.session, ctx.person, MANAGE, body_key, seat_id)
    substitutes = [
        one
        for one in await queries.substitutes_of(ctx.session, ctx.person, seat.body.id)
        if one.seat_id == seat_id
    ]
    return Page(
        SeatPage(seat=seat, substitutes=substitutes, buttons=buttons_for(ctx.person, seat, SEAT_ACTIONS))
    )


async def _end_substitute(asked: ActionRequest[UUID]) -> None:
    await actions.end_substitute(asked.session, asked.person, asked.record)


END_SUBSTITUTE: ButtonAction[UUID] = ButtonAction(
    name="end_substitute",
    undo="name_substitute",
    resource=id_resource("/boards/substitutes/{substitute_id:uuid}", "/boards"),
    slug="end",
    permission=MANAGE,
    said="The substitute is removed from the seat.",
    run=_end_substitute,
)
routes = [
    list_bodies,
    show_body,
    show_seat,
    *routes_of((*BODY_ACTIONS, *SEAT_ACTIONS, END_SUBSTITUTE)),
]
