"""The home page: a school's own for heads and delegates, the tracker for leads and the core team."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from markupsafe import Markup

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.dashboards.needs_and_offers.html import post_rows
from alongside.features.dashboards.needs_and_offers.queries import Post, posts_on_board
from alongside.features.dashboards.school.first_steps import FirstStep
from alongside.features.dashboards.school.queries import RunningAgreement, SchoolFigures, school_overview
from alongside.features.dashboards.work_items import work_items_of_school
from alongside.features.escalations.labels import STATES as ESCALATION_STATES
from alongside.features.escalations.queries import escalations_of
from alongside.features.escalations.rows import EscalationLine
from alongside.features.offers.confirmation import fresh_since_by_school
from alongside.features.schools.posting import phase_of
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.features.tries.rows import TryRow
from alongside.features.watched_schools.queries import WatchedRow
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import BOARD_ROLES, GOVERNING_ROLES, SCHOOL_ROLES, Role
from alongside.platform.notifications.queries import NotificationRow, latest_notifications
from alongside.platform.school_calendar.calendar import academic_year_began
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint
from alongside.platform.work_items import WorkItem


@dataclass(frozen=True, kw_only=True)
class SchoolHomeContext(PageContext):
    """The home page of a school: what waits, its figures of the year, and what is new."""

    template: ClassVar[str] = "dashboards/school/show.html"
    settings: AuthoritySettings
    post_rows: Callable[[Sequence[Post], AuthoritySettings, date, int | None], Markup]
    waiting: Sequence[WorkItem]
    year: SchoolFigures
    running: Sequence[RunningAgreement]
    tries: Sequence[TryRow]
    watched: Sequence[WatchedRow]
    steps: Sequence[FirstStep]
    escalations: Sequence[EscalationLine]
    ESCALATION_STATES: Mapping[str, str]
    posts: Sequence[Post]
    notices: Sequence[NotificationRow]


@endpoint.get("/home", permission=Permission.VIEW_OWN_HOME)
async def show_home(ctx: PageRequest) -> PageResult:
    """Show the first page after signing in."""
    if ctx.person.role is Role.AUTHORITY_ADMINISTRATOR:
        return Redirect("/people")
    if ctx.person.role in GOVERNING_ROLES:
        return Redirect("/governors")
    if ctx.person.role in BOARD_ROLES:
        return Redirect("/boards")
    if ctx.person.role not in SCHOOL_ROLES:
        return Redirect("/consortium")
    settings = settings_of(ctx.person.authority_id)
    fresh = await fresh_since_by_school(ctx.session, ctx.person.authority_id, ctx.person.today)
    place = ctx.person.own_school
    like_mine = {
        "easting": place.easting if place else None,
        "northing": place.northing if place else None,
        **fresh.parameters(),
        "phase": phase_of(place) if place else None,
    }
    posts = await posts_on_board(ctx.session, ctx.person, "", "newest", like_mine)
    calendar = await calendar_of_school(ctx.session, ctx.person.authority_id, ctx.person.school_urn or 0)
    overview = await school_overview(ctx.session, ctx.person, academic_year_began(ctx.person.today))
    reads_escalations = has_permission(ctx.person, Permission.VIEW_ESCALATION)
    return Page(
        SchoolHomeContext(
            settings=settings,
            post_rows=post_rows,
            waiting=await work_items_of_school(ctx.session, ctx.person, calendar),
            year=overview.year,
            running=overview.running,
            watched=overview.watched,
            steps=overview.steps,
            tries=overview.tries,
            escalations=(await escalations_of(ctx.session, ctx.person))[0] if reads_escalations else [],
            ESCALATION_STATES=ESCALATION_STATES,
            posts=[post for post in posts if post.school_urn != ctx.person.school_urn][:5],
            notices=await latest_notifications(ctx.session, ctx.person, 5),
        )
    )


routes = [show_home]
