"""The routes of the feeds: open without sign-in, like the public directory."""

from alongside.features.authorities.settings_cache import settings_of
from alongside.features.directory.feeds.queries import whole_public_entries
from alongside.features.directory.feeds.serialisers import ATOM, JSON, atom, json_feed
from alongside.features.people.redirects import origin_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.context import AppContext
from alongside.platform.web.http import HttpRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import PageResult, TextResponse
from alongside.platform.web.routing import endpoint

HOME = "/good-practice"
KEPT = {"cache-control": "public, max-age=900"}
"""Cache for 15 minutes: feeds are requested often, and hold nothing personal."""


@endpoint.get("/good-practice.atom", permission=Permission.VIEW_PUBLIC_PAGES, by_itself=True)
async def show_atom(ctx: PageRequest) -> PageResult:
    """The newest public entries as an Atom feed."""
    entries, _ = await whole_public_entries(ctx.session, ctx.person.authority_id, 1)
    here = _here(ctx.request, ctx.person)
    body = atom(
        settings_of(ctx.person.authority_id).name, f"{here}{HOME}", f"{here}{ctx.request.url.path}", entries
    )
    return TextResponse(body, media_type=ATOM, headers=KEPT)


@endpoint.get("/good-practice.json", permission=Permission.VIEW_PUBLIC_PAGES, by_itself=True)
async def show_json(ctx: PageRequest) -> PageResult:
    """All public entries as a JSON feed, 50 a page."""
    number = number_of_page(ctx.query.one("page"))
    entries, more = await whole_public_entries(ctx.session, ctx.person.authority_id, number)
    here = _here(ctx.request, ctx.person)
    itself = f"{here}{ctx.request.url.path}"
    body = json_feed(
        settings_of(ctx.person.authority_id).name,
        f"{here}{HOME}",
        itself,
        entries,
        f"{itself}?page={number + 1}" if more else None,
    )
    return TextResponse(body, media_type=JSON, headers=KEPT)


def _here(request: HttpRequest, person: Principal) -> str:
    """The authority's configured base URL, never the request's Host header: shared caches keep the response."""
    app_context: AppContext = request.app.state.app_context
    settings = settings_of(person.authority_id)
    return origin_of(settings, request.headers["host"], demonstration=app_context.demonstration)


routes = [show_atom, show_json]
