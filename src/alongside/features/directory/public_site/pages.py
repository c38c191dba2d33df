"""Public pages of good practice: the list, and one entry at a permanent URL."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from alongside.features.authorities import settings_of
from alongside.features.directory.attachments.queries import Attachment, Picture, attachments_of, pictures_of
from alongside.features.directory.public_site import queries
from alongside.features.directory.search.queries import public_search
from alongside.features.directory.view_context import EntryLabels, labels_for
from alongside.platform.access.permissions import Permission
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class PublicEntryList(PageContext):
    """One page of public entries, of a `theme` or found by what was `typed`; `here` starts the address of a page."""

    template = "directory/public/list.html"

    entries: Sequence[queries.PublicText]
    more: bool
    number: int
    theme: str
    typed: str
    here: str
    labels: EntryLabels


@dataclass(frozen=True, kw_only=True)
class PublicEntryPage(PageContext):
    """A public entry with its pictures and files."""

    template = "directory/public/show.html"

    entry: queries.PublicText
    pictures: Sequence[Picture]
    attachments: Sequence[Attachment]
    labels: EntryLabels


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
    return Page(
        PublicEntryList(
            entries=entries,
            more=more,
            number=number,
            theme=theme,
            typed=typed,
            here=f"/good-practice?{asked_for}{'&' if asked_for else ''}page=",
            labels=labels_for(ctx.person),
        )
    )


@endpoint.get("/good-practice/{public_id:uuid}", permission=Permission.VIEW_PUBLIC_PAGES)
async def show_public_entry(ctx: PageRequest, public_id: UUID) -> PageResult:
    """Show one public entry. No person is named, and the school is contacted through Alongside."""
    entry = await queries.public_entry(ctx.session, ctx.person.authority_id, public_id)
    return Page(
        PublicEntryPage(
            entry=entry,
            pictures=await pictures_of(ctx.session, ctx.person.authority_id, entry),
            attachments=await attachments_of(ctx.session, ctx.person.authority_id, entry),
            labels=labels_for(ctx.person),
        )
    )


routes = [list_public_entries, show_public_entry]
