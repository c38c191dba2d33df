"""Public pages of an authority: the start page, its style sheet, the accessibility statement and the privacy notice."""

from collections.abc import Mapping
from dataclasses import dataclass

from alongside.features.authorities.settings import Contact, Retention
from alongside.features.authorities.settings_cache import settings_of
from alongside.platform.access.permissions import Permission
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult, Redirect, TextResponse
from alongside.platform.web.routing import endpoint

A_YEAR, AN_HOUR = "private, max-age=31536000, immutable", "private, max-age=3600"
"""How long the style sheet is kept: under the address that names its colour, and under any other."""


@dataclass(frozen=True, kw_only=True)
class AccessibilityStatement(PageContext):
    """The contacts for reporting a problem."""

    template = "authorities/accessibility.html"

    contacts: Mapping[str, Contact]


@dataclass(frozen=True, kw_only=True)
class PrivacyNotice(PageContext):
    """Contacts, and for how many days each class of record is kept."""

    template = "authorities/privacy.html"

    contacts: Mapping[str, Contact]
    retention: Retention


@endpoint.get("/", permission=Permission.VIEW_PUBLIC_PAGES)
async def home(ctx: PageRequest) -> PageResult:
    """Redirect `/` to the home page, or to the sign-in page for visitors."""
    return Redirect("/home" if ctx.person.signed_in else "/sign-in")


@endpoint.get("/brand.css", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_brand(ctx: PageRequest) -> PageResult:
    """The authority's colour as a style sheet, because pages have no inline styles."""
    colour = settings_of(ctx.person.authority_id).brand.colour
    kept = A_YEAR if ctx.query.getlist("v") == [colour.removeprefix("#")] else AN_HOUR
    return TextResponse(
        f":root {{ --authority-colour: {colour}; }}\n", media_type="text/css", headers={"cache-control": kept}
    )


@endpoint.get("/accessibility", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_accessibility(ctx: PageRequest) -> PageResult:
    """The accessibility statement and the contacts for reporting a problem."""
    return Page(AccessibilityStatement(contacts=settings_of(ctx.person.authority_id).contacts))


@endpoint.get("/privacy", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_privacy(ctx: PageRequest) -> PageResult:
    """The privacy notice: data kept about people, retention and contacts."""
    settings = settings_of(ctx.person.authority_id)
    return Page(PrivacyNotice(contacts=settings.contacts, retention=settings.retention))


routes = [home, show_brand, show_accessibility, show_privacy]
