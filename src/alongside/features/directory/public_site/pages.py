"""Public pages of good practice: the list, and one entry at a permanent URL."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.directory.attachments.queries import attachments_of, pictures_of
from alongside.features.directory.public_site import queries
from alongside.features.directory.search.queries import public_search
from alongside.features.directory.view_context import words_for
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import asked
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageResult
from alongside.platform.web.routing import endpoint


@endpoint.get("/good-practice", permission=Permission.VIEW_PUBLIC_PAGES)
async def list_public_entries(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """List the public entries of this authority, newest first."""
    question = asked(request)
    themes = settings_of(person.authority_id).themes
    theme, number = question.one("theme"), number_of_page(question.one("page"))
    theme = theme if theme in themes else ""
    typed = question.one("q").strip()[:200]
    ids = await public_search(session, person, typed) if typed else None
    entries, more = await queries.public_entries(
        session, person.authority_id, theme=theme, page=number, ids=ids
    )
    asked_for = urlencode({name: value for name, value in (("q", typed), ("theme", theme)) if value})
    context = {
        "entries": entries,
        "more": more,
        "number": number,
        "theme": theme,
        "typed": typed,
        "here": f"/good-practice?{asked_for}{'&' if asked_for else ''}page=",
        **words_for(person),
    }
    return Page("directory/public/list.html", context)


@endpoint.get("/good-practice/{public_id:uuid}", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_public_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, public_id: UUID
) -> PageResult:
    """Show one public entry. No person is named, and the school is contacted through Alongside."""
    entry = await queries.public_entry(session, person.authority_id, public_id)
    context = {
        "entry": entry,
        "pictures": await pictures_of(session, person.authority_id, entry),
        "attachments": await attachments_of(session, person.authority_id, entry),
        **words_for(person),
    }
    return Page("directory/public/show.html", context)


routes = [list_public_entries, show_public_entry]
