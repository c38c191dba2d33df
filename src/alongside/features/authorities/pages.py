"""The front door of an authority: where its host leads, its colour, and what it says about access and privacy."""

from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities.settings_cache import settings_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.responses import Page, PageResult, Redirect, TextResponse
from alongside.platform.web.routing import endpoint

AN_HOUR = {"cache-control": "private, max-age=3600"}
"""A style sheet that changes with the authority's settings only."""


@endpoint.get("/", permission=Permission.VIEW_PUBLIC_PAGES)
async def home(request: Request[Any, Any, Any], session: AsyncSession, person: Principal) -> PageResult:
    """The host alone: one's desk, or the way in."""
    return Redirect("/home" if person.signed_in else "/sign-in")


@endpoint.get("/brand.css", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_brand(request: Request[Any, Any, Any], session: AsyncSession, person: Principal) -> PageResult:
    """The authority's colour, as a style sheet: no page carries styles of its own."""
    colour = settings_of(person.authority_id).brand.colour
    return TextResponse(
        f":root {{ --authority-colour: {colour}; }}\n", media_type="text/css", headers=AN_HOUR
    )


@endpoint.get("/accessibility", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_accessibility(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """The accessibility statement, and whom to tell of a barrier."""
    return Page("authorities/accessibility.html", {"contacts": settings_of(person.authority_id).contacts})


@endpoint.get("/privacy", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_privacy(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """What is kept about people, why, for how long, and whom to ask."""
    settings = settings_of(person.authority_id)
    return Page("authorities/privacy.html", {"contacts": settings.contacts, "retention": settings.retention})


routes = [home, show_brand, show_accessibility, show_privacy]
