"""Pages of entries: the list and one entry with its actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from alongside.features.directory import queries
from alongside.features.directory.adoptions import pages as uses
from alongside.features.directory.adoptions.queries import Use, uses_of
from alongside.features.directory.attachments import pages as attachments
from alongside.features.directory.attachments.queries import Attachment, Picture, attachments_of, pictures_of
from alongside.features.directory.availability import Available, available_from
from alongside.features.directory.consents import pages as consents
from alongside.features.directory.editing import pages as editing
from alongside.features.directory.entry import Consent, Entry
from alongside.features.directory.feeds import pages as feeds
from alongside.features.directory.import_export import pages as import_export
from alongside.features.directory.insights import pages as health
from alongside.features.directory.labels import LABELS, tries_text, waiting_for
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
from alongside.features.directory.view_context import EntryLabels, labels_for
from alongside.platform.access.permissions import Permission
from alongside.platform.audit.queries import timeline
from alongside.platform.forms.action import Action, ActionButton, buttons_for
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.timeline import TimelineEntry, timeline_entries

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


class StateGroup(NamedTuple):
    """A group of states in the list, and the number of entries in them."""

    key: str
    label: str
    number: int


@dataclass(frozen=True, kw_only=True)
class EntryList(PageContext):
    """Entries of the person's schools in one group of states (`group`, empty for all), and those to check."""

    template = "directory/list.html"
    fragment = "directory/_list.html"

    entries: Sequence[Entry]
    waiting: Sequence[Entry]
    groups: Sequence[StateGroup]
    all: int
    group: str
    number: int
    more: bool
    labels: EntryLabels


@dataclass(frozen=True, kw_only=True)
class EntryPage(PageContext):
    """An entry with what belongs to it.

    `tries` says how many schools try it. `agreed` are the schools that have consented to this text, `waiting` says who
    acts next, `own` whether it is about the person's school, `story` whether they may read its activity (`entries`).
    """

    template = "directory/show.html"

    entry: Entry
    listed: bool
    buttons: Sequence[ActionButton]
    agreed: Mapping[int, Consent]
    waiting: str | None
    available: Sequence[Available]
    own: bool
    pictures: Sequence[Picture]
    attachments: Sequence[Attachment]
    uses: Sequence[Use]
    tries: str
    use_buttons: Sequence[ActionButton]
    related: Sequence[Entry]
    entries: Sequence[TimelineEntry]
    story: bool
    labels: EntryLabels


@endpoint.get("/directory/entries", permission=Permission.VIEW_ENTRY)
async def list_entries(ctx: PageRequest) -> PageResult:
    """List the entries of the person's schools, and the entries that wait for their check."""
    question = ctx.query
    group, number = question.one("state"), number_of_page(question.one("page"))
    states = GROUPS.get(group, ("", ()))[1]
    entries, more = await queries.entries_of(ctx.session, ctx.person, states=states, page=number)
    counts = await queries.states_of_entries(ctx.session, ctx.person)
    return Page(
        EntryList(
            entries=entries,
            waiting=await queries.waiting_entries(ctx.session, ctx.person),
            groups=[
                StateGroup(key, label, sum(counts.get(state, 0) for state in states))
                for key, (label, states) in GROUPS.items()
            ],
            all=sum(counts.values()),
            group=group if group in GROUPS else "",
            number=number,
            more=more,
            labels=labels_for(ctx.person),
        )
    )


@endpoint.get("/directory/{entry_id:uuid}", permission=Permission.VIEW_ENTRY)
async def show_entry(ctx: PageRequest, entry_id: UUID) -> PageResult:
    """Show one entry with its evidence level, the school's current offers and related entries."""
    entry = await queries.get_entry(ctx.session, ctx.person, Permission.VIEW_ENTRY, entry_id)
    labels = labels_for(ctx.person)
    may_view = queries.may_view_timeline(ctx.person, entry)
    entries = (
        await timeline(ctx.session, ctx.person.authority_id, "directory_entry", entry.id) if may_view else []
    )
    agreed = await queries.consents_of(ctx.session, ctx.person, entry) if entry.partner_urn else {}
    return Page(
        EntryPage(
            entry=entry,
            listed=entry.state in LISTED,
            buttons=buttons_for(ctx.person, entry, ACTIONS[ctx.person.school_urn in agreed :]),
            agreed=agreed,
            waiting=waiting_for(entry, labels.settings),
            available=await available_from(ctx.session, ctx.person, entry.school_urn),
            own=ctx.person.school_urn is not None
            and ctx.person.school_urn in (entry.school_urn, entry.partner_urn),
            pictures=await pictures_of(ctx.session, ctx.person.authority_id, entry),
            attachments=await attachments_of(ctx.session, ctx.person.authority_id, entry),
            uses=await uses_of(ctx.session, ctx.person, entry),
            tries=tries_text(entry),
            use_buttons=buttons_for(ctx.person, entry, (uses.ADOPT,)),
            related=await related_entries(ctx.session, ctx.person, entry),
            entries=timeline_entries(entries, ENTRY_WORKFLOW, LABELS, labels.value, BESIDES),
            story=may_view,
            labels=labels,
        )
    )


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
