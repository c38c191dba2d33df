"""The directory health page, for people who verify entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alongside.features.authorities.settings import on_offer
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.directory.insights.queries import (
    FEWEST,
    SOON_DAYS,
    EntryResult,
    ExpiringEntry,
    MissedSearch,
    health_of,
)
from alongside.platform.access.permissions import Permission
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint


class ThemeRow(NamedTuple):
    """A theme with its numbers of open needs and of entries."""

    key: str
    label: str
    needs: int
    entries: int


@dataclass(frozen=True, kw_only=True)
class DirectoryHealth(PageContext):
    """The lists of the page, what they start from (`fewest` people) and how far they look ahead."""

    template = "directory/insights/show.html"

    themes: Sequence[ThemeRow]
    missed: Sequence[MissedSearch]
    expiring: Sequence[ExpiringEntry]
    results: Sequence[EntryResult]
    fewest: int
    soon_days: int


@endpoint.get("/directory/insights", permission=Permission.VERIFY_ENTRY)
async def show_health(ctx: PageRequest) -> PageResult:
    """Show searches with no results, entries about to expire, and gaps between need and practice."""
    health = await health_of(ctx.session, ctx.person)
    numbers = {one.theme: (one.needs, one.entries) for one in health.by_theme}
    themes = [
        ThemeRow(key, one.label, *numbers.get(key, (0, 0)))
        for key, one in on_offer(settings_of(ctx.person.authority_id).themes).items()
    ]
    themes.sort(key=lambda one: (one.entries - one.needs, one.label))
    return Page(
        DirectoryHealth(
            themes=themes,
            missed=health.missed,
            expiring=health.expiring,
            results=health.results,
            fewest=FEWEST,
            soon_days=SOON_DAYS,
        )
    )


routes = [show_health]
