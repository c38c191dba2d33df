"""The page of a person's calendar link, and the feed itself."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.calendar_feeds import actions, queries
from alongside.features.calendar_feeds.limits import FeedLimit
from alongside.features.people.redirects import origin_of
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult, Redirect, TextResponse
from alongside.platform.web.routing import endpoint

PAGE = "/account/calendar"
KEPT = {"cache-control": "private, max-age=900", "content-disposition": "inline; filename=alongside.ics"}
LIMIT = FeedLimit()


@dataclass(frozen=True, kw_only=True)
class CalendarLink(PageContext):
    """A person's link to their calendar; None if they have none."""

    template = "calendar_feeds/show.html"

    link: str | None


def seal_of(secret: bytes, authority_id: int, feed_id: UUID) -> str:
    """Return the part of a link that only the product can write."""
    digest = hmac.digest(secret, f"calendar feed {authority_id} {feed_id}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _origin(ctx: PageRequest) -> str:
    settings = settings_of(ctx.person.authority_id)
    return origin_of(settings, ctx.request.headers["host"], demonstration=ctx.app.demonstration)


@endpoint.get(PAGE, permission=Permission.VIEW_OWN_ACCOUNT)
async def show_calendar_link(ctx: PageRequest) -> PageResult:
    """Show the link to the person's calendar."""
    feed = await queries.feed_of(ctx.session, ctx.person)
    link = None
    if feed is not None:
        seal = seal_of(ctx.app.secret, ctx.person.authority_id, feed.id)
        link = f"{_origin(ctx)}/calendar-feeds/{feed.id}/{seal}"
    return Page(CalendarLink(link=link))


@endpoint.get(
    "/calendar-feeds/{feed_id:uuid}/{seal:str}", permission=Permission.VIEW_PUBLIC_PAGES, by_itself=True
)
async def show_feed(ctx: PageRequest, feed_id: UUID, seal: str) -> PageResult:
    """Return the calendar of a link; who knows the link reads it, without signing in."""
    authority_id = ctx.person.authority_id
    if not hmac.compare_digest(seal.encode(), seal_of(ctx.app.secret, authority_id, feed_id).encode()):
        raise NotFound
    LIMIT.count(authority_id, feed_id)
    people = await queries.owners_of_feed(ctx.session, authority_id, feed_id, ctx.person.today)
    if not people:
        raise NotFound
    items = await queries.calendar_items(ctx.session, people)
    name = f"Alongside, {settings_of(authority_id).name}"
    from alongside.features.calendar_feeds.ics import MEDIA_TYPE, as_ics  # 3 MB that few processes need

    return TextResponse(as_ics(name, _origin(ctx), items, ctx.app.now()), media_type=MEDIA_TYPE, headers=KEPT)


async def _make(asked: ActionRequest[None]) -> Redirect:
    await actions.make_feed(asked.session, asked.person)
    return Redirect(PAGE, "Your calendar link is ready. An earlier link no longer works.")


async def _stop(asked: ActionRequest[None]) -> Redirect:
    stopped = await actions.stop_feed(asked.session, asked.person)
    return Redirect(PAGE, "Your calendar link no longer works." if stopped else None)


MAKE = ButtonAction(
    name="make_calendar_feed",
    undo="stop_calendar_feed",
    resource=list_resource(PAGE),
    slug="link",
    permission=Permission.VIEW_OWN_ACCOUNT,
    run=_make,
)
STOP = ButtonAction(
    name="stop_calendar_feed",
    undo="make_calendar_feed",
    resource=list_resource(PAGE),
    slug="stop",
    permission=Permission.VIEW_OWN_ACCOUNT,
    run=_stop,
)
routes = [show_calendar_link, show_feed, *routes_of((MAKE, STOP))]
