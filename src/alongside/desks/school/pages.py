"""My desk, as the role needs it: a school's own, or the tracker of the schools that one leads."""

from datetime import date
from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import SCHOOL_ROLES, Person, Role
from alongside.access.policy import allowed_at_all
from alongside.authorities.registry import settings_of
from alongside.desks.board.queries import own_place, posts_on_board
from alongside.desks.school.queries import given_and_got, running_partnerships, waiting_for
from alongside.escalations.queries import cases_of
from alongside.escalations.words import STATES as CASE_STATES
from alongside.needs.phases import phase_of
from alongside.notifications.queries import latest_notices
from alongside.offers.freshness import fresh_since
from alongside.schools.dates.queries import calendar_of_school
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page


@page.get("/desk", permission=Permission.SEE_OWN_DESK)
async def show_desk(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The first page after signing in."""
    if person.role is Role.AUTHORITY_ADMINISTRATOR:
        return SeeOther("/people")
    if person.role not in SCHOOL_ROLES:
        return SeeOther("/consortium")
    settings = settings_of(person.authority_id)
    fresh = fresh_since(settings, person.today)
    place = await own_place(session, person)
    like_mine = {
        "easting": place.easting if place else None,
        "northing": place.northing if place else None,
        "fresh_since": fresh,
        "phase": phase_of(place) if place else None,
    }
    posts = await posts_on_board(session, person, "", "newest", like_mine)
    calendar = await calendar_of_school(session, person.authority_id, person.school_urn or 0)
    reads_cases = allowed_at_all(person, Permission.SEE_CASE)
    return Page(
        "desks/school/show.html",
        {
            "settings": settings,
            "waiting": await waiting_for(session, person, fresh, calendar, settings.clocks),
            "year": await given_and_got(session, person, academic_year_began(person.today)),
            "running": await running_partnerships(session, person),
            "cases": (await cases_of(session, person))[0] if reads_cases else [],
            "CASE_STATES": CASE_STATES,
            "posts": [post for post in posts if post.school_urn != person.school_urn][:5],
            "notices": await latest_notices(session, person, 5),
        },
    )


def academic_year_began(today: date) -> date:
    """The first of September on or before a day."""
    return date(today.year if today.month >= 9 else today.year - 1, 9, 1)


routes = [show_desk]
