"""Calendar items: visits, deadlines and events of a person, declared by each feature, for their calendar feed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal


@dataclass(frozen=True, slots=True)
class CalendarItem:
    """One item of a calendar, which leaves the product: its texts name nothing sensitive.

    `key` names the record ("visit-<id>") and stays the same when the item changes. Times are in London; without
    `starts` the item lasts the whole day. `path` is the page to open.
    """

    key: str
    title: str
    day: date
    path: str
    starts: time | None = None
    ends: time | None = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class CalendarSource:
    """A function that returns the coming calendar items of a person in one of their roles."""

    items: Callable[[AsyncSession, Principal], Awaitable[list[CalendarItem]]]
