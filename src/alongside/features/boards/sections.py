"""Sections of a body's page and of the list of bodies, which features above this one declare."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.boards.queries import BodyRecord
from alongside.platform.access.principal import Principal
from alongside.platform.feature import installed_features
from alongside.platform.work_items import HomePage, WorkItem, WorkItemList


@dataclass(frozen=True, slots=True)
class SectionContent:
    """What a section shows: sentences, and links with their labels."""

    heading: str
    sentences: Sequence[str]
    links: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class BodySection:
    """A function that returns a section for the page of a body, or None where there is nothing to show."""

    content: Callable[[AsyncSession, Principal, BodyRecord], Awaitable[SectionContent | None]]


async def sections_of(session: AsyncSession, person: Principal, body: BodyRecord) -> list[SectionContent]:
    """Return the sections of a body's page, lowest feature first."""
    declared = [
        one for feature in installed_features() for one in feature.load(feature.body_sections, BodySection)
    ]
    found = [await one.content(session, person, body) for one in declared]
    return [one for one in found if one is not None]


async def work_items_of_boards(session: AsyncSession, person: Principal) -> list[WorkItem]:
    """Return what waits for a member or clerk, soonest first."""
    items: list[WorkItem] = []
    for feature in installed_features():
        for one in feature.load(feature.work_item_lists, WorkItemList):
            if one.home_page is HomePage.BOARDS:
                items += await one.items(session, person)
    return sorted(items, key=lambda one: (one.dated_on is None, str(one.dated_on), one.title))
