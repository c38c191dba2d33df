"""The button on a school's page, and the list of watched schools with what changed there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.schools.sections import NewsRow, news_of_schools
from alongside.features.watched_schools.actions import (
    PAGE,
    own_school_refusal,
    stop_watching,
    watch,
    watched_sections,
)
from alongside.features.watched_schools.queries import WatchableSchool, watchable_school, watched_schools
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionButton, ActionRequest, Resource, buttons_for, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.school_sections import SchoolButtons
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint

LATELY = timedelta(days=14)
MOST_NEWS = 100
"""Changes shown on the page, the newest of all schools."""


@dataclass(frozen=True, slots=True)
class SchoolWithNews:
    """A watched school, what changed there lately, and the button to stop watching it."""

    urn: int
    name: str
    news: Sequence[NewsRow]
    buttons: Sequence[ActionButton]


@dataclass(frozen=True, kw_only=True)
class WatchedSchools(PageContext):
    """The schools that the reader watches; `kinds` are the words of each kind of change."""

    template: ClassVar[str] = "watched_schools/list.html"

    schools: Sequence[SchoolWithNews]
    kinds: dict[str, str]


@endpoint.get(PAGE, permission=Permission.WATCH_SCHOOL)
async def list_watched_schools(ctx: PageRequest) -> PageResult:
    """List the schools that the person watches, with the changes of the last 14 days."""
    rows = await watched_schools(ctx.session, ctx.person)
    sections = watched_sections(ctx.person)
    since: dict[int, datetime] = {one.urn: ctx.app.now() - LATELY for one in rows}
    news = await news_of_schools(ctx.session, ctx.person, sections, since, None, MOST_NEWS)
    return Page(
        WatchedSchools(
            schools=[
                SchoolWithNews(
                    one.urn,
                    one.name,
                    [row for row in news if row.urn == one.urn],
                    buttons_for(ctx.person, WatchableSchool(one.urn, one.name, True), (UNWATCH,)),
                )
                for one in rows
            ],
            kinds={one.name: one.news for one in sections},
        )
    )


async def _watch(asked: ActionRequest[WatchableSchool]) -> None:
    await watch(asked.session, asked.person, asked.record.urn)


async def _stop(asked: ActionRequest[WatchableSchool]) -> None:
    await stop_watching(asked.session, asked.person, asked.record.urn)


SCHOOL: Resource[WatchableSchool] = Resource(
    name="school",
    path="/schools/{urn:int}",
    load=watchable_school,
    url=lambda school: f"/schools/{school.urn}",
    may=lambda person, permission, _: has_permission(person, permission),
)
WATCH = ButtonAction(
    name="watch_school",
    undo="stop_watching_school",
    resource=SCHOOL,
    slug="watch",
    permission=Permission.WATCH_SCHOOL,
    label="Watch this school",
    relevant=lambda _, school: not school.watched,
    refusal=lambda person, school: own_school_refusal(person, school.urn),
    said=lambda _, school: (
        f"You now watch {school.name}. We will tell you once a day when something changes."
    ),
    run=_watch,
)
UNWATCH = ButtonAction(
    name="stop_watching_school",
    undo="watch_school",
    resource=SCHOOL,
    slug="unwatch",
    permission=Permission.WATCH_SCHOOL,
    label="Stop watching",
    about=lambda _, school: school.name,
    relevant=lambda _, school: school.watched,
    said=lambda _, school: f"You no longer watch {school.name}.",
    run=_stop,
)


async def _buttons(session: AsyncSession, person: Principal, urn: int) -> Sequence[ActionButton]:
    if not has_permission(person, Permission.WATCH_SCHOOL) or person.school_urn == urn:
        return ()
    school = await watchable_school(session, person, Permission.WATCH_SCHOOL, urn)
    return buttons_for(person, school, (WATCH, UNWATCH))


BUTTONS = SchoolButtons(_buttons)
routes = [list_watched_schools, *routes_of((WATCH, UNWATCH))]
