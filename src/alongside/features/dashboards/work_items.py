"""The work items of all features, each home page in one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.reminders import due_after
from alongside.features.authorities.settings_cache import calendar_of
from alongside.platform.access.authorisation import schools_within
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.feature import Feature, installed_features
from alongside.platform.school_calendar.calendar import Calendar
from alongside.platform.work_items import HomePage, WorkItem, WorkItemList, WorkItemQuery

MOST = {HomePage.SCHOOL: 50, HomePage.CONSORTIUM: 100, HomePage.CONSORTIUM_DUE: 100}
"""How many items a home page lists."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the statement of a home page; `query` is the number of its query."""

    query: int
    title: str
    school: str
    dated_on: date | None
    path: str


@cache
def _queries(features: tuple[Feature, ...], page: HomePage) -> tuple[WorkItemQuery, ...]:
    declared = (query for one in features for query in one.load(one.work_items, WorkItemQuery))
    return tuple(query for query in declared if query.home_page is page)


@cache
def _statement(features: tuple[Feature, ...], page: HomePage) -> Read[_Row]:
    """Return the statement of a home page; rows without a date come last.

    Plans for any number of schools took 160 ms of an authority with 519, plans for those of the person 17 to 34. For
    one school it is the other way round: planning takes longer than what it saves.
    """
    parts = " UNION ALL ".join(
        f"SELECT {number} AS query, item.* FROM ({one.sql}) item (title, school, dated_on, path)"  # noqa: S608
        for number, one in enumerate(_queries(features, page))
    )
    statement = f"SELECT * FROM ({parts}) item ORDER BY dated_on NULLS LAST, path LIMIT {MOST[page]}"  # noqa: S608
    return Read(text(statement), _Row, plan_each_time=page is not HomePage.SCHOOL)


async def _items(
    session: AsyncSession,
    person: Principal,
    page: HomePage,
    values: dict[str, object],
    calendar: Calendar | None,
) -> list[WorkItem]:
    features = installed_features()
    queries = _queries(features, page)
    for query in queries:
        if query.values is not None:
            values |= query.values(person, calendar)
    items = []
    for row in await fetch_all(session, _statement(features, page), values):
        query = queries[row.query]
        dated_on = row.dated_on
        if query.school_days is not None and calendar is not None and dated_on is not None:
            dated_on = due_after(calendar, dated_on, query.school_days(person.authority_id))
        items.append(WorkItem(query.act, row.title, row.school, dated_on, row.path))
    return items


async def work_items_of_school(
    session: AsyncSession, person: Principal, calendar: Calendar
) -> list[WorkItem]:
    """Return what this person's school must do, soonest first; `calendar` is the school's."""
    values: dict[str, object] = {
        "authority_id": person.authority_id,
        "urn": person.school_urn,
        "today": person.today,
    }
    items = await _items(session, person, HomePage.SCHOOL, values, calendar)
    items += await _listed(session, person, HomePage.SCHOOL)
    return sorted(items, key=lambda one: (one.dated_on is None, one.dated_on or date.max, one.act))


async def work_items_of_governors(session: AsyncSession, person: Principal) -> list[WorkItem]:
    """Return what a chair or an officer of a trust or diocese must read and sign, soonest first."""
    items = await _listed(session, person, HomePage.GOVERNORS)
    return sorted(
        items, key=lambda one: (one.dated_on is None, one.dated_on or date.max, one.school, one.act)
    )


async def open_longest(
    session: AsyncSession, person: Principal, urns: Collection[int] | None = None
) -> list[WorkItem]:
    """Return what has been open longest among the schools in scope, or those of them that `urns` names."""
    return await _items(session, person, HomePage.CONSORTIUM, _within(person, urns), None)


async def due_next(
    session: AsyncSession, person: Principal, urns: Collection[int] | None = None
) -> list[WorkItem]:
    """Return what leads and the core team must do or follow by a day, soonest first; what has no day comes first.

    Days are counted by the authority's calendar. `urns` limits what belongs to schools; the rest is the person's own.
    """
    calendar = calendar_of(person.authority_id)
    items = await _items(session, person, HomePage.CONSORTIUM_DUE, _within(person, urns), calendar)
    items += await _listed(session, person, HomePage.CONSORTIUM)
    return sorted(items, key=lambda one: (one.dated_on is not None, one.dated_on or date.min))


def _within(person: Principal, urns: Collection[int] | None) -> dict[str, object]:
    schools = schools_within(person, Permission.VIEW_CONSORTIUM_DASHBOARD)
    if urns is not None:
        schools = frozenset(urns) if schools is None else schools & frozenset(urns)
    return {
        "authority_id": person.authority_id,
        "today": person.today,
        "urns": None if schools is None else sorted(schools),
    }


async def _listed(session: AsyncSession, person: Principal, page: HomePage) -> list[WorkItem]:
    return [
        item
        for one in reversed(installed_features())
        for source in one.load(one.work_item_lists, WorkItemList)
        if source.home_page is page
        for item in await source.items(session, person)
    ]
