"""Pages of entries: the list and one entry with its actions."""

from uuid import UUID

from alongside.features.authorities import settings_of
from alongside.features.directory import queries
from alongside.features.directory.adoptions import pages as uses
from alongside.features.directory.adoptions.queries import uses_of
from alongside.features.directory.attachments import pages as attachments
from alongside.features.directory.attachments.queries import attachments_of, pictures_of
from alongside.features.directory.availability import available_from
from alongside.features.directory.consents import pages as consents
from alongside.features.directory.editing import pages as editing
from alongside.features.directory.entry import Entry
from alongside.features.directory.feeds import pages as feeds
from alongside.features.directory.import_export import pages as import_export
from alongside.features.directory.insights import pages as health
from alongside.features.directory.labels import LABELS, waiting_for
from alongside.features.directory.models import ENTRY_WORKFLOW, LISTED
from alongside.features.directory.moderation import pages as moderation
from alongside.features.directory.pdf import pages as pdf
from alongside.features.directory.public_site import pages as public_site
from alongside.features.directory.school_expertise import related_entries
from alongside.features.directory.school_pages import pages as schools
from alongside.features.directory.search import pages as search
from alongside.features.directory.subscriptions import pages as subscriptions
from alongside.features.directory.suggested_entries import pages as suggested_entries
from alongside.features.directory.versions import pages as versions
from alongside.features.directory.view_context import words_for
from alongside.platform.access.permissions import Permission
from alongside.platform.audit.queries import timeline
from alongside.platform.forms.action import Action, buttons_for
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageResult, TemplateVariables
from alongside.platform.web.routing import endpoint
from alongside.platform.web.timeline import timeline_entries

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "drafts": ("Drafts", ("draft", "returned")),
    "checking": ("Being checked", ("submitted", "peer_check")),
    "listed": ("In the directory", LISTED),
    "archived": ("Archive", ("archived",)),
}
BESIDES = {"change_entry": "changed the entry", "consent_to_entry": "agreed to this text"}
ACTIONS: tuple[Action[Entry], ...] = (
    consents.CONSENT,
    editing.SUBMIT,
    editing.EDIT,
    attachments.ADD_PICTURE,
    *moderation.CHECKS,
    editing.WITHDRAW,
    editing.RESTORE,
    editing.ARCHIVE,
    moderation.RETIRE,
)
"""The actions on an entry's page, most likely first."""


@endpoint.get("/directory/entries", permission=Permission.VIEW_ENTRY)
async def list_entries(ctx: PageRequest) -> PageResult:
    """List the entries of the person's schools, and the entries that wait for their check."""
    question = ctx.query
    group, number = question.one("state"), number_of_page(question.one("page"))
    states = GROUPS.get(group, ("", ()))[1]
    entries, more = await queries.entries_of(ctx.session, ctx.person, states=states, page=number)
    counts = await queries.states_of_entries(ctx.session, ctx.person)
    context = {
        "entries": entries,
        "waiting": await queries.waiting_entries(ctx.session, ctx.person),
        "groups": [(key, label, sum(counts.get(s, 0) for s in of)) for key, (label, of) in GROUPS.items()],
        "all": sum(counts.values()),
        "group": group if group in GROUPS else "",
        "number": number,
        "more": more,
        **words_for(ctx.person),
    }
    return Page(TemplateVariables("directory/list.html", context, fragment="directory/_list.html"))


@endpoint.get("/directory/{entry_id:uuid}", permission=Permission.VIEW_ENTRY)
async def show_entry(ctx: PageRequest, entry_id: UUID) -> PageResult:
    """Show one entry with its evidence level, the school's current offers and related entries."""
    entry = await queries.get_entry(ctx.session, ctx.person, Permission.VIEW_ENTRY, entry_id)
    settings, shown = settings_of(ctx.person.authority_id), words_for(ctx.person)
    may_view = queries.may_view_timeline(ctx.person, entry)
    entries = (
        await timeline(ctx.session, ctx.person.authority_id, "directory_entry", entry.id) if may_view else []
    )
    agreed = await queries.consents_of(ctx.session, ctx.person, entry) if entry.partner_urn else {}
    context = {
        "entry": entry,
        "listed": entry.state in LISTED,
        "buttons": buttons_for(ctx.person, entry, ACTIONS[ctx.person.school_urn in agreed :]),
        "agreed": agreed,
        "waiting": waiting_for(entry, settings),
        "available": await available_from(ctx.session, ctx.person, entry.school_urn),
        "own": ctx.person.school_urn is not None
        and ctx.person.school_urn in (entry.school_urn, entry.partner_urn),
        "pictures": await pictures_of(ctx.session, ctx.person.authority_id, entry),
        "attachments": await attachments_of(ctx.session, ctx.person.authority_id, entry),
        "uses": await uses_of(ctx.session, ctx.person, entry),
        "use_buttons": buttons_for(ctx.person, entry, (uses.ADOPT,)),
        "related": await related_entries(ctx.session, ctx.person, entry),
        "entries": timeline_entries(entries, ENTRY_WORKFLOW, LABELS, shown["display_value"], BESIDES),
        "story": may_view,
        **shown,
    }
    return Page(TemplateVariables("directory/show.html", context))


routes = [
    *editing.routes,
    *consents.routes,
    *suggested_entries.routes,
    *attachments.routes,
    *moderation.routes,
    *search.routes,
    *public_site.routes,
    *schools.routes,
    *uses.routes,
    *versions.routes,
    *subscriptions.routes,
    *feeds.routes,
    *import_export.routes,
    *pdf.routes,
    *health.routes,
    list_entries,
    show_entry,
]
