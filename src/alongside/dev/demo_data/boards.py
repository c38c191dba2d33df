"""Boards of the demonstration: constituted last year, with terms that end soon, a vacancy, substitutes and a chair."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from alongside.dev.demo_data.demonstration import Demonstration
from alongside.dev.demo_data.people import EXTERNAL
from alongside.features.boards import actions
from alongside.features.boards.apportioning import LARGEST_REMAINDER
from alongside.features.boards.forms import Term
from alongside.features.boards.managing import years_later
from alongside.features.boards.proposals import Question, apportioned, propose_apportionment
from alongside.features.boards.queries import (
    BodyRecord,
    EligiblePerson,
    SeatRow,
    bodies_of,
    eligible_for,
    seats_of,
)
from alongside.platform.access.principal import Principal

BEGAN = timedelta(days=380)
ENDS_SOON = timedelta(days=60)


async def fill(demo: Demonstration) -> None:
    """Constitute the boards of the authority, and fill all seats but one of each."""
    clerk = demo.staff.clerk
    if clerk is None:
        return
    began = demo.staff.today - BEGAN
    for body in await bodies_of(demo.session, clerk):
        await actions.constitute_body(demo.session, clerk, body, began)
    for body in await bodies_of(demo.session, clerk):
        holders = await _fill_seats(demo, clerk, body, began)
        wanted = "headteacher" if body.settings.chair == "from_members" else "independent"
        chair = next(one for one, kind in holders.items() if kind == wanted)
        await actions.name_chair(demo.session, clerk, body, chair, began)
        if apportioned(body):
            seats = sum(one.seats for one in apportioned(body).values())
            await propose_apportionment(demo.session, clerk, body, Question(LARGEST_REMAINDER, seats, ()))


async def _fill_seats(
    demo: Demonstration, clerk: Principal, body: BodyRecord, began: date
) -> dict[UUID, str]:
    """Fill the seats of a board and leave one of a school vacant; returns who holds which kind of seat."""
    seats = await seats_of(demo.session, clerk, body.id)
    vacant = next(one.id for one in reversed(seats) if one.voting and one.holders not in EXTERNAL)
    holders: dict[UUID, str] = {}
    schools: set[int | None] = set()
    for number, seat in enumerate(seats):
        people = _unused(demo, seat, await eligible_for(demo.session, clerk, seat.id), holders, schools)
        one = next(people, None)
        if one is None or seat.id == vacant:
            continue
        ends = (
            demo.staff.today + ENDS_SOON if number % 4 == 1 else years_later(began, body.settings.term_years)
        )
        term = Term(one.id, one.school_urn, began, ends)
        by = body.settings.constituencies[seat.constituency].by
        await actions.fill_seat(demo.session, clerk, body, seat, term, by)
        holders[one.id] = seat.holders
        schools.add(one.school_urn)
        if number % 3 == 0 and (other := next(people, None)) is not None:
            substitute = Term(other.id, other.school_urn, began, None)
            await actions.name_substitute(demo.session, clerk, seat, substitute)
    return holders


def _unused(
    demo: Demonstration,
    seat: SeatRow,
    people: Sequence[EligiblePerson],
    holders: Collection[UUID],
    schools: set[int | None],
) -> Iterator[EligiblePerson]:
    """Return people who may hold a seat and hold none: leads before deputies, heads from all over the list."""
    leads = {one.id for one in demo.staff.leads.values()}
    free = [one for one in people if one.id not in holders]
    if seat.holders == "consortium_lead":
        free = [one for one in free if one.id in leads] or free
    elif seat.holders in ("headteacher", "chair_of_governors"):
        apart = seat.number * 7 % max(len(free), 1)
        free = [one for one in [*free[apart:], *free[:apart]] if one.school_urn not in schools]
    return iter(free)
