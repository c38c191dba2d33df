"""Visit requests of the demonstration, in every state."""

from contextlib import suppress
from datetime import date
from itertools import cycle, pairwise
from uuid import UUID

from sqlalchemy import text

from alongside.dev.demo_data.demonstration import Demonstration
from alongside.errors import AlongsideError
from alongside.features.authorities import calendar_of
from alongside.features.visit_requests.answers.actions import (
    Arrangement,
    agree_visit,
    decline_visit,
    postpone_visit,
    suggest_school,
)
from alongside.features.visit_requests.asking.actions import VisitDetails, ask_for_visit
from alongside.features.visit_requests.asking.targets import entry_to_visit
from alongside.features.visit_requests.dates import SuitableDates
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.school_calendar.calendar import add_school_days

LISTED = text(
    "SELECT id, school_urn FROM directory_entry WHERE authority_id = :authority_id"
    " AND state IN ('verified', 'reverified') AND visible_to_authority_from <= :today ORDER BY title LIMIT 24"
)
DETAILS = (
    ("How you run it day to day, and what it took to begin.", "English lead and two teachers", 3),
    ("A lesson in which it is used, then ten minutes with the person who leads it.", "Deputy headteacher", 1),
    ("How you trained your teaching assistants, and how you know that it works.", "SENCO and a teacher", 2),
)
STEPS = ("asked", "agreed", "dates_offered", "not_now", "asked", "declined", "other_school")


async def fill(demo: Demonstration) -> None:
    """Ask for a visit about some entries, and answer most of the requests, with the product's own actions."""
    values = {"authority_id": demo.staff.authority_id, "today": demo.staff.today}
    entries = (await demo.session.execute(LISTED, values)).all()
    heads = [demo.staff.heads[urn] for urn in sorted(demo.staff.heads)]
    steps = cycle(STEPS)
    for number, (entry, other) in enumerate(pairwise(entries)):
        host, guest = demo.staff.heads.get(entry.school_urn), heads[number % 5]
        if host is None or guest.school_urn == host.school_urn:
            continue
        with suppress(AlongsideError):  # a school that has asked already
            async with demo.session.begin_nested():
                request_id = await _ask(demo, guest, entry.id, number)
                await _answer(demo, host, request_id, number, next(steps), other.school_urn)


def _days(demo: Demonstration, *ahead: int) -> tuple[date, ...]:
    calendar = calendar_of(demo.staff.authority_id)
    return tuple(add_school_days(calendar, demo.staff.today, days) for days in ahead)


async def _ask(demo: Demonstration, guest: Principal, entry_id: UUID, number: int) -> UUID:
    target = await entry_to_visit(demo.session, guest, Permission.ASK_FOR_VISIT, entry_id)
    wanted, visitors, count = DETAILS[number % len(DETAILS)]
    days = _days(demo, 8 + number % 3, 12 + number % 4)
    details = VisitDetails(wanted, SuitableDates(days, days[0], days[-1]), visitors, count)
    return await ask_for_visit(demo.session, guest, target, details)


async def _answer(
    demo: Demonstration, host: Principal, request_id: UUID, number: int, state: str, other_urn: int
) -> None:
    session = demo.session
    met_by = f"{host.name}, headteacher"
    match state:
        case "agreed":
            days = _days(demo, 8 + number % 3)
            words = "Please come to the main entrance. We will show you two classes."
            await agree_visit(session, host, request_id, Arrangement(days, "Main entrance", met_by, words))
        case "dates_offered":
            days = _days(demo, 15, 16)
            words = "Those days are full, but we would love to show you. Would one of these suit?"
            await agree_visit(session, host, request_id, Arrangement(days, "School office", met_by, words))
        case "not_now":
            (later,) = _days(demo, 40)
            await postpone_visit(session, host, request_id, later, "Our lead for this is away until then.")
        case "declined":
            await decline_visit(session, host, request_id, "We no longer do this in the way that we wrote.")
        case "other_school":
            await suggest_school(session, host, request_id, other_urn, "They have done it for longer.")
