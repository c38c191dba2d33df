"""The list of needs and offers, and the count of new ones."""

from datetime import UTC, datetime
from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities.settings_cache import settings_of
from alongside.features.consortia.queries import consortium_names
from alongside.features.dashboards.needs_and_offers.filters import (
    BoardForm,
    Position,
    address_of,
    board_form,
    position_from,
)
from alongside.features.dashboards.needs_and_offers.queries import (
    PAGE_LENGTH,
    own_position,
    posts_on_board,
    posts_since,
)
from alongside.features.offers.confirmation import fresh_since_by_school
from alongside.features.schools.phases import PHASES
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import asked
from alongside.platform.web.responses import Page, PageResult
from alongside.platform.web.routing import endpoint


async def _values(session: AsyncSession, person: Principal, form: BoardForm) -> dict[str, Any]:
    """The parameters of the list query for this person and these filters."""
    settings = settings_of(person.authority_id)
    place = await own_position(session, person)
    words = (form.q.data or "").strip()
    urgencies = sorted(settings.urgencies.items(), key=lambda one: one[1].order)
    return {
        "q": words,
        "theme": form.theme.data,
        "phase": form.phase.data,
        "consortium": form.consortium.data,
        "within": form.within.data if place else None,
        "easting": place.easting if place else None,
        "northing": place.northing if place else None,
        "urgencies": [key for key, _ in urgencies],
        **(await fresh_since_by_school(session, person.authority_id, person.today)).parameters(),
    }


@endpoint.get("/needs-and-offers", permission=Permission.VIEW_NEEDS_AND_OFFERS)
async def list_needs_and_offers(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """List the needs and offers that this person may see: newest, nearest or most urgent first, 25 per page."""
    query = asked(request)
    settings = settings_of(person.authority_id)
    consortia = await consortium_names(session, person.authority_id)
    form = board_form(query, settings, consortia, list(PHASES.items()))
    context = {"form": form, "settings": settings, "address_of": address_of}
    if not form.validate():
        return Page(
            "dashboards/needs_and_offers/show.html", context | {"posts": [], "next_page": None}, status=422
        )
    values = await _values(session, person, form)
    place = position_from(query.one("after"))
    if place is not None:
        values |= {
            "after_score": place.score,
            "after_id": place.id,
            "after_at": datetime.fromtimestamp(place.score, UTC) if form.sort.data == "newest" else None,
        }
    posts = await posts_on_board(session, person, form.kind.data, form.sort.data, values)
    more = len(posts) > PAGE_LENGTH
    last = posts[PAGE_LENGTH - 1] if more else None
    context |= {
        "posts": posts[:PAGE_LENGTH],
        "next_page": last and address_of(form, after=Position(float(last.score), last.id).as_text()),
        "first_page": address_of(form) if place else None,
        "news_href": address_of(form, since=datetime.now(UTC).isoformat()).replace(
            "/needs-and-offers", "/needs-and-offers/news", 1
        ),
    }
    return Page(
        "dashboards/needs_and_offers/show.html", context, fragment="dashboards/needs_and_offers/_posts.html"
    )


@endpoint.get("/needs-and-offers/news", permission=Permission.VIEW_NEEDS_AND_OFFERS, by_itself=True)
async def show_news(request: Request[Any, Any, Any], session: AsyncSession, person: Principal) -> PageResult:
    """Show how many posts are new since the list was loaded. The list itself does not move."""
    query = asked(request)
    consortia = await consortium_names(session, person.authority_id)
    form = board_form(query, settings_of(person.authority_id), consortia, list(PHASES.items()))
    since = moment(query.one("since"))
    count = 0
    if form.validate() and since is not None:
        values = await _values(session, person, form) | {"since": since}
        count = await posts_since(session, person, form.kind.data, values)
    context = {
        "count": count,
        "board_href": address_of(form),
        "news_href": request.url.path + "?" + request.url.query,
    }
    return Page("dashboards/needs_and_offers/_news.html", context)


def moment(written: str) -> datetime | None:
    """Parse a timestamp from the query string; None when it is missing or invalid."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else None


routes = [list_needs_and_offers, show_news]
