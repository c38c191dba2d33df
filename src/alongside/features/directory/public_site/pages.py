"""Public pages of good practice: the list, and one entry at a permanent URL."""

from urllib.parse import urlencode
from uuid import UUID

from alongside.features.authorities import settings_of
from alongside.features.directory.attachments.queries import attachments_of, pictures_of
from alongside.features.directory.public_site import queries
from alongside.features.directory.search.queries import public_search
from alongside.features.directory.view_context import words_for
from alongside.platform.access.permissions import Permission
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageResult, TemplateVariables
from alongside.platform.web.routing import endpoint


@endpoint.get("/good-practice", permission=Permission.VIEW_PUBLIC_PAGES)
async def list_public_entries(ctx: PageRequest) -> PageResult:
    """List the public entries of this authority, newest first."""
    question = ctx.query
    themes = settings_of(ctx.person.authority_id).themes
    theme, number = question.one("theme"), number_of_page(question.one("page"))
    theme = theme if theme in themes else ""
    typed = question.one("q").strip()[:200]
    ids = await public_search(ctx.session, ctx.person, typed) if typed else None
    entries, more = await queries.public_entries(
        ctx.session, ctx.person.authority_id, theme=theme, page=number, ids=ids
    )
    asked_for = urlencode({name: value for name, value in (("q", typed), ("theme", theme)) if value})
    context = {
        "entries": entries,
        "more": more,
        "number": number,
        "theme": theme,
        "typed": typed,
        "here": f"/good-practice?{asked_for}{'&' if asked_for else ''}page=",
        **words_for(ctx.person),
    }
    return Page(TemplateVariables("directory/public/list.html", context))


@endpoint.get("/good-practice/{public_id:uuid}", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_public_entry(ctx: PageRequest, public_id: UUID) -> PageResult:
    """Show one public entry. No person is named, and the school is contacted through Alongside."""
    entry = await queries.public_entry(ctx.session, ctx.person.authority_id, public_id)
    context = {
        "entry": entry,
        "pictures": await pictures_of(ctx.session, ctx.person.authority_id, entry),
        "attachments": await attachments_of(ctx.session, ctx.person.authority_id, entry),
        **words_for(ctx.person),
    }
    return Page(TemplateVariables("directory/public/show.html", context))


routes = [list_public_entries, show_public_entry]
