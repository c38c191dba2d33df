"""The list of needs and offers, and the count of new ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import ClassVar
from uuid import UUID

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.consortia.queries import consortium_names
from alongside.features.dashboards.needs_and_offers.filters import (
    Filters,
    Position,
    filters_from,
    position_from,
)
from alongside.features.dashboards.needs_and_offers.html import filter_fields, post_rows
from alongside.features.dashboards.needs_and_offers.queries import (
    PAGE_LENGTH,
    Post,
    posts_on_board,
    posts_since,
)
from alongside.features.offers.confirmation import fresh_since_by_school
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class NeedsAndOffersContext(PageContext):
    """The list with its filters; without `news_href` it does not ask for news, because its filters are wrong."""

    template: ClassVar[str] = "dashboards/needs_and_offers/show.html"
    fragment: ClassVar[str | None] = "dashboards/needs_and_offers/_posts.html"
    fields: Markup
    errors: Sequence[tuple[str, str]]
    settings: AuthoritySettings
    post_rows: Callable[[Sequence[Post], AuthoritySettings, date, int | None], Markup]
    posts: Sequence[Post] = ()
    next_page: str | None = None
    first_page: str | None = None
    news_href: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewsContext(PageContext):
    """How many posts are new since the list was shown."""

    template: ClassVar[str] = "dashboards/needs_and_offers/_news.html"
    count: int
    board_href: str
    news_href: str


async def _values(session: AsyncSession, person: Principal, filters: Filters) -> dict[str, object]:
    """The parameters of the list query for this person and these filters."""
    settings = settings_of(person.authority_id)
    own = person.own_school
    urgencies = sorted(settings.urgencies.items(), key=lambda one: one[1].order)
    return {
        "q": filters.q.strip(),
        "theme": filters.theme,
        "phase": filters.phase,
        "consortium": UUID(filters.consortium) if filters.consortium else None,
        "within": filters.miles if own else None,
        "easting": own.easting if own else None,
        "northing": own.northing if own else None,
        "urgencies": [key for key, _ in urgencies],
        **(await fresh_since_by_school(session, person.authority_id, person.today)).parameters(),
    }


async def _filters(ctx: PageRequest) -> Filters:
    consortia = await consortium_names(ctx.session, ctx.person.authority_id)
    return filters_from(ctx.query, settings_of(ctx.person.authority_id), consortia)


@endpoint.get("/needs-and-offers", permission=Permission.VIEW_NEEDS_AND_OFFERS)
async def list_needs_and_offers(ctx: PageRequest) -> PageResult:
    """List the needs and offers that this person may see: newest, nearest or most urgent first, 25 per page."""
    filters = await _filters(ctx)
    errors = filters.errors()
    context = NeedsAndOffersContext(
        fields=filter_fields(filters, with_distance=ctx.person.school_urn is not None),
        errors=list(errors.items()),
        settings=settings_of(ctx.person.authority_id),
        post_rows=post_rows,
    )
    if errors:
        return Page(context, status=422)
    values = await _values(ctx.session, ctx.person, filters)
    place = position_from(ctx.query.one("after"))
    if place is not None:
        values |= {
            "after_score": place.score,
            "after_id": place.id,
            "after_at": datetime.fromtimestamp(place.score, UTC) if filters.sort == "newest" else None,
        }
    posts = await posts_on_board(ctx.session, ctx.person, filters.kind, filters.sort, values)
    more = len(posts) > PAGE_LENGTH
    last = posts[PAGE_LENGTH - 1] if more else None
    shown = replace(
        context,
        posts=posts[:PAGE_LENGTH],
        next_page=filters.address(after=Position(float(last.score), last.id).as_text()) if last else None,
        first_page=filters.address() if place else None,
        news_href=filters.address(since=datetime.now(UTC).isoformat()).replace(
            "/needs-and-offers", "/needs-and-offers/news", 1
        ),
    )
    return Page(shown)


@endpoint.get("/needs-and-offers/news", permission=Permission.VIEW_NEEDS_AND_OFFERS, by_itself=True)
async def show_news(ctx: PageRequest) -> PageResult:
    """Show how many posts are new since the list was loaded. The list itself does not move."""
    filters = await _filters(ctx)
    since = moment(ctx.query.one("since"))
    count = 0
    if not filters.errors() and since is not None:
        values = await _values(ctx.session, ctx.person, filters) | {"since": since}
        count = await posts_since(ctx.session, ctx.person, filters.kind, values)
    news_href = ctx.request.url.path + "?" + ctx.request.url.query
    return Page(NewsContext(count=count, board_href=filters.address(), news_href=news_href))


def moment(written: str) -> datetime | None:
    """Parse a timestamp from the query string; None when it is missing or invalid."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else None


routes = [list_needs_and_offers, show_news]
