"""The page of the search over everything."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from alongside.features.site_search.queries import Hits, search_everything, sources_of
from alongside.platform.access.permissions import Permission
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint

LONGEST = 100
"""Characters of the words that are searched for."""

LAST_PAGE = 400


@dataclass(frozen=True, kw_only=True)
class SearchResults(PageContext):
    """What was searched for, and the hits by kind; `only` is the kind of which the page shows all."""

    template: ClassVar[str] = "site_search/show.html"

    words: str
    hits: list[Hits]
    kinds: list[str]
    only: str | None
    all_of: dict[str, str]
    previous: str | None
    following: str | None


@endpoint.get("/search", permission=Permission.VIEW_SCHOOLS)
async def search_all(ctx: PageRequest) -> PageResult:
    """Search everything that the person may open; `in` limits the search to one kind, in pages."""
    words = " ".join(ctx.query.one("q").split())[:LONGEST]
    sources = sources_of(ctx.person)
    chosen = next((one for one in sources if one.name == ctx.query.one("in")), None)
    number = _page_number(ctx.query.one("page")) if chosen else 1
    hits = (
        await search_everything(ctx.session, ctx.person, words, [chosen] if chosen else sources, number)
        if words
        else []
    )
    more = chosen is not None and any(one.more for one in hits)
    return Page(
        SearchResults(
            words=words,
            hits=hits,
            kinds=[source.heading.lower() for source in sources],
            only=chosen.heading if chosen else None,
            all_of={one.source.name: _address(words, one.source.name, 1) for one in hits},
            previous=_address(words, chosen.name, number - 1) if chosen and number > 1 else None,
            following=_address(words, chosen.name, number + 1) if chosen and more else None,
        )
    )


def _page_number(text: str) -> int:
    return (
        min(int(text), LAST_PAGE)
        if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text)
        else 1
    )


def _address(words: str, kind: str, page: int) -> str:
    return f"/search?{urlencode({'q': words, 'in': kind} | ({'page': page} if page > 1 else {}))}"


routes = [search_all]
