"""The page that suggests an entry for each agreement that met its need."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.errors import NotFound
from alongside.features.directory.suggested_entries import actions, queries
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest, Resource, no_record
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageContext, PageResult, Redirect
from alongside.platform.web.routing import endpoint

ADDRESS = "/directory/suggested-entries"


@dataclass(frozen=True, kw_only=True)
class SuggestedEntries(PageContext):
    """Agreements of the person's schools that met their need and have no entry."""

    template = "directory/suggested_entries.html"

    agreements: Sequence[queries.ClosedAgreement]


@endpoint.get(ADDRESS, permission=Permission.WRITE_ENTRY)
async def list_suggested_entries(ctx: PageRequest) -> PageResult:
    """List the agreements of the person's schools that others could learn from."""
    found = await queries.agreements_to_suggest_from(ctx.session, ctx.person)
    return Page(SuggestedEntries(agreements=found))


async def _suggest(asked: ActionRequest[None]) -> Redirect:
    """Create the entry of one agreement; it is edited like any other."""
    try:
        agreement_id = UUID(asked.data.one("agreement_id"))
    except ValueError:
        raise NotFound from None
    entry_id = await actions.draft_entry_from_agreement(asked.session, asked.person, agreement_id)
    said = "The draft contains what both schools recorded. Read it as another school would, and add to it."
    return Redirect(f"/directory/{entry_id}/edit", said)


SUGGEST = ButtonAction(
    name="draft_entry_from_agreement",
    undo="archive_entry",
    resource=Resource(name="suggestion", path=ADDRESS, load=no_record, url=lambda _: ADDRESS),
    slug="",
    permission=Permission.WRITE_ENTRY,
    run=_suggest,
)
routes = [list_suggested_entries, *SUGGEST.routes()]
