"""The front door of an authority: where its host leads, its colour, and what it says about access and privacy."""

from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities.registry import settings_of
from alongside.web.answers import Answer, Page, Plain, SeeOther
from alongside.web.gate import page

AN_HOUR = {"cache-control": "private, max-age=3600"}
"""A style sheet that changes with the authority's settings only."""


@page.get("/", permission=Permission.OPEN_FRONT_DOOR)
async def open_front_door(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The host alone: one's desk, or the way in."""
    return SeeOther("/desk" if person.signed_in else "/sign-in")


@page.get("/brand.css", permission=Permission.OPEN_FRONT_DOOR)
async def show_brand(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The authority's colour, as a style sheet: no page carries styles of its own."""
    colour = settings_of(person.authority_id).brand.colour
    return Plain(f":root {{ --authority-colour: {colour}; }}\n", media_type="text/css", headers=AN_HOUR)


@page.get("/accessibility", permission=Permission.OPEN_FRONT_DOOR)
async def show_accessibility(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person
) -> Answer:
    """The accessibility statement, and whom to tell of a barrier."""
    return Page("authorities/accessibility.html", {"contacts": settings_of(person.authority_id).contacts})


@page.get("/privacy", permission=Permission.OPEN_FRONT_DOOR)
async def show_privacy(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """What is kept about people, why, for how long, and whom to ask."""
    settings = settings_of(person.authority_id)
    return Page("authorities/privacy.html", {"contacts": settings.contacts, "retention": settings.retention})


routes = [open_front_door, show_brand, show_accessibility, show_privacy]
