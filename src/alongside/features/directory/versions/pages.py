"""The page that lists the versions of an entry and compares two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.directory.entry import Entry
from alongside.features.directory.labels import difference
from alongside.features.directory.queries import get_entry, may_view_timeline
from alongside.features.directory.versions.queries import Version, VersionText, version_to, versions_of
from alongside.platform.access.permissions import Permission
from alongside.platform.web.form_data import FormData
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint


@dataclass(frozen=True, kw_only=True)
class VersionComparison(PageContext):
    """Two texts of an entry, and (label, old, new) for each field that differs."""

    template = "directory/versions.html"

    entry: Entry
    versions: Sequence[Version]
    old: VersionText
    new: VersionText
    differences: Sequence[tuple[str, str, str]]


@endpoint.get("/directory/{entry_id:uuid}/versions", permission=Permission.VIEW_ENTRY)
async def compare_versions(ctx: PageRequest, entry_id: UUID) -> PageResult:
    """Compare two versions of an entry side by side, for its schools and those who verify its entries."""
    entry = await get_entry(ctx.session, ctx.person, Permission.VIEW_ENTRY, entry_id)
    if not may_view_timeline(ctx.person, entry):
        raise NotFound
    question = ctx.query
    later = _number(question, "later", entry.edition)
    earlier = _number(question, "earlier", entry.verified_edition or 0)
    if earlier in (0, later):
        earlier = max(1, later - 1)
    old = await version_to(ctx.session, ctx.person, entry, earlier)
    new = await version_to(ctx.session, ctx.person, entry, later)
    settings = settings_of(ctx.person.authority_id)
    return Page(
        VersionComparison(
            entry=entry,
            versions=await versions_of(ctx.session, ctx.person, entry),
            old=old,
            new=new,
            differences=difference(settings, old.written, new.written) if old.edition != new.edition else [],
        )
    )


def _number(question: FormData, name: str, usual: int) -> int:
    """A version number from the URL; the default for anything that is not a number."""
    text = question.one(name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else usual


routes = [compare_versions]
