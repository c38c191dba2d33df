"""Work items: what waits for a person, declared by each feature and listed on the home page of the person's role."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal


class HomePage(StrEnum):
    """The home pages that list work items."""

    SCHOOL = "school"
    """What a school must do. Parameters of the query: :authority_id, :urn and :today; `dated_on` is when it is due."""

    CONSORTIUM = "consortium"
    """What is open at the schools of :urns (NULL: all), longest first; `dated_on` is since when."""

    GOVERNORS = "governors"
    """What a chair of governors, or an officer of a trust or diocese, must read and sign; lists only."""

    BOARDS = "boards"
    """What a board member or clerk must do; lists only."""

    CONSORTIUM_DUE = "consortium_due"
    """What must be done by a day at the schools of :urns, soonest first; `dated_on` is when it is due."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that waits: what to do, about what, with whom, its date, and the path of the page where it is done."""

    act: str
    title: str
    school: str
    dated_on: date | None
    path: str


@dataclass(frozen=True, slots=True)
class WorkItemQuery:
    """A query of work items of one kind. The queries of all features run as one statement.

    `sql` selects title, school, dated_on and path, in this order and of the types text, text, date and text. `values`
    returns further parameters, from the person and, on a school's home page, the school's calendar. If `school_days`
    is given, the item is due that many school days after its date; it is a function of the authority's id, because the
    number is a setting.
    """

    home_page: HomePage
    act: str
    sql: str
    values: Callable[[Principal, Any], Mapping[str, object]] | None = None
    school_days: Callable[[int], int] | None = None


@dataclass(frozen=True, slots=True)
class WorkItemList:
    """A function that returns work items of a home page which are not one row each, such as counts."""

    items: Callable[[AsyncSession, Principal], Awaitable[list[WorkItem]]]
    home_page: HomePage = HomePage.CONSORTIUM
