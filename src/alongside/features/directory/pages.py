"""Pages of entries: list, write, view, edit, submit, archive and restore."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import EditConflict, NotFound
from alongside.features.authorities import calendar_of, settings_of
from alongside.features.directory import actions, queries
from alongside.features.directory.adoptions import pages as uses
from alongside.features.directory.adoptions.queries import uses_of
from alongside.features.directory.attachments import pages as attachments
from alongside.features.directory.attachments.queries import attachments_of, pictures_of
from alongside.features.directory.availability import available_from
from alongside.features.directory.available_actions import acts
from alongside.features.directory.consents import pages as consents
from alongside.features.directory.feeds import pages as feeds
from alongside.features.directory.forms import EntryForm, NoteForm, entry_form_of
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
from alongside.features.directory.view_context import version_of, words_for
from alongside.features.needs.listing import number_of_page
from alongside.features.needs.timeline import timeline_entries
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.queries import timeline
from alongside.platform.web.form_data import asked, read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "drafts": ("Drafts", ("draft", "returned")),
    "checking": ("Being checked", ("submitted", "peer_check")),
    "listed": ("In the directory", LISTED),
    "archived": ("Archive", ("archived",)),
}
BESIDES = {"change_entry": "changed the entry", "consent_to_entry": "said yes to this text"}
SAID = {
    "submit": "Your entry is sent to be checked.",
    "draft": "The draft is saved.",
    "recall": "Your changes are saved. The entry is out of the directory until both schools have said yes to them.",
}


@endpoint.get("/directory/entries", permission=Permission.VIEW_ENTRY)
async def list_entries(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """List the entries of the person's schools, and the entries that wait for their check."""
    question = asked(request)
    group, number = question.one("state"), number_of_page(question.one("page"))
    states = GROUPS.get(group, ("", ()))[1]
    entries, more = await queries.entries_of(session, person, states=states, page=number)
    counts = await queries.states_of_entries(session, person)
    context = {
        "entries": entries,
        "waiting": await queries.waiting_entries(session, person),
        "groups": [(key, label, sum(counts.get(s, 0) for s in of)) for key, (label, of) in GROUPS.items()],
        "all": sum(counts.values()),
        "group": group if group in GROUPS else "",
        "number": number,
        "more": more,
        **words_for(person),
    }
    return Page("directory/list.html", context, fragment="directory/_list.html")


@endpoint.get("/directory/new", permission=Permission.WRITE_ENTRY)
async def new_entry(request: Request[Any, Any, Any], session: AsyncSession, person: Principal) -> PageResult:
    """Show an empty form for an entry of the person's own school."""
    return _form_page("directory/new.html", EntryForm(), person)


@endpoint.post("/directory/entries", permission=Permission.WRITE_ENTRY)
async def post_entry(request: Request[Any, Any, Any], session: AsyncSession, person: Principal) -> PageResult:
    """Save a new entry as a draft or submit it; or show a preview."""
    written = await read_form_data(request)
    form, act = EntryForm(written), written.one("act")
    if person.school_urn is None:
        raise NotFound
    answer = _form_page("directory/new.html", form, person, status=422)
    if not form.holds(complete=act == "submit"):
        return answer
    if act == "preview":
        return _form_page("directory/new.html", form, person, preview=form.columns())
    entry_id = await actions.draft_entry(session, person, person.school_urn, form.columns())
    return await _after(session, person, entry_id, act)


@endpoint.get("/directory/{entry_id:uuid}", permission=Permission.VIEW_ENTRY)
async def show_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Show one entry with its evidence level, the school's current offers and related entries."""
    entry = await queries.get_entry(session, person, Permission.VIEW_ENTRY, entry_id)
    settings, shown = settings_of(person.authority_id), words_for(person)
    may_view = queries.may_view_timeline(person, entry)
    entries = await timeline(session, person.authority_id, "directory_entry", entry.id) if may_view else []
    agreed = await queries.consents_of(session, person, entry) if entry.partner_urn else {}
    context = {
        "entry": entry,
        "listed": entry.state in LISTED,
        "acts": acts(person, entry, set(agreed)),
        "agreed": agreed,
        "waiting": waiting_for(entry, settings),
        "available": await available_from(session, person, entry.school_urn),
        "ask": need_query(entry),
        "own": person.school_urn is not None and person.school_urn in (entry.school_urn, entry.partner_urn),
        "pictures": await pictures_of(session, person.authority_id, entry),
        "attachments": await attachments_of(session, person.authority_id, entry),
        "uses": await uses_of(session, person, entry),
        "related": await related_entries(session, person, entry),
        "entries": timeline_entries(entries, ENTRY_WORKFLOW, LABELS, shown["in_words"], BESIDES),
        "story": may_view,
        **shown,
    }
    return Page("directory/show.html", context)


@endpoint.get("/directory/{entry_id:uuid}/edit", permission=Permission.WRITE_ENTRY)
async def edit_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Show the form with the entry's current text."""
    entry = await _changeable(session, person, entry_id)
    return _form_page("directory/edit.html", EntryForm(data=entry_form_of(entry)), person, kept=entry)


@endpoint.post("/directory/{entry_id:uuid}/edit", permission=Permission.WRITE_ENTRY)
async def change_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Save a changed entry; on an edit conflict show both texts."""
    entry = await _changeable(session, person, entry_id)
    written = await read_form_data(request)
    form, act = EntryForm(written), written.one("act")
    answer = _form_page("directory/edit.html", form, person, status=422, kept=entry)
    if not form.holds(complete=act == "submit" or entry.state in LISTED):
        return answer
    if act == "preview":
        return _form_page("directory/edit.html", form, person, kept=entry, preview=form.columns())
    try:
        await actions.change_entry(session, person, entry_id, form.columns(), version_of(written))
    except EditConflict as problem:
        form.version.data = str(problem.version)
        return _form_page("directory/edit.html", form, person, status=409, kept=entry, stale=problem)
    if entry.state in LISTED:
        now = await queries.get_entry(session, person, Permission.WRITE_ENTRY, entry_id)
        act = "change" if now.state in LISTED else "recall"
    return await _after(session, person, entry_id, act)


@endpoint.post("/directory/{entry_id:uuid}/submission", permission=Permission.WRITE_ENTRY)
async def submit_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Submit a draft for checking, or show which fields are missing."""
    entry = await queries.get_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    looked_at = {"checked_no_pupil": True, "checked_not_safeguarding": True}
    form = EntryForm(data=entry_form_of(entry) | looked_at)
    answer = _form_page("directory/edit.html", form, person, status=422, kept=entry)
    if entry.state in actions.DRAFTS and not form.holds(complete=True):
        return answer
    return await _after(session, person, entry_id, "submit")


@endpoint.post("/directory/{entry_id:uuid}/retraction", permission=Permission.WRITE_ENTRY)
async def withdraw_submission(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Turn a submitted entry back into a draft."""
    await actions.withdraw_submission(session, person, entry_id)
    return Redirect(f"/directory/{entry_id}", "The entry is a draft again.")


@endpoint.get("/directory/{entry_id:uuid}/archive", permission=Permission.WRITE_ENTRY)
async def ask_why_archived(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Show the form for the reason before an entry is archived."""
    entry = await queries.get_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    return _archive_page(NoteForm(), entry)


@endpoint.post("/directory/{entry_id:uuid}/archive", permission=Permission.WRITE_ENTRY)
async def archive_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Archive an entry, with a reason."""
    entry = await queries.get_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    form = NoteForm(await read_form_data(request))
    if not form.holds("Say why, for whoever looks for it later"):
        return _archive_page(form, entry, status=422)
    await actions.archive_entry(session, person, entry_id, form.note.data)
    return Redirect(f"/directory/{entry_id}", "The entry is in the archive. You can take it out again.")


@endpoint.post("/directory/{entry_id:uuid}/restoration", permission=Permission.WRITE_ENTRY)
async def restore_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Restore an entry from the archive."""
    await actions.restore_entry(session, person, entry_id)
    return Redirect(f"/directory/{entry_id}", "The entry is a draft again.")


def need_query(entry: Any) -> str:
    """The query string that pre-fills a support need, for a reader who asks the entry's school for support."""
    known = {
        "addressed": entry.school_urn,
        "theme": entry.themes[0] if entry.themes else "",
        "title": f"Help with: {entry.title}"[:120],
        "wanted": f"We have read “{entry.title}” in the directory and would like to see how it is done.",
        "form_of_support": "visit_out",
    }
    return urlencode({name: value for name, value in known.items() if value})


def _form_page(
    template: str, form: EntryForm, person: Principal, status: int = 200, kept: Any = None, **more: Any
) -> Page:
    """The form page. Its select lists are filled before validation, which needs the allowed choices."""
    settings, calendar = settings_of(person.authority_id), calendar_of(person.authority_id)
    form.offer_choices(settings, calendar, person.today, kept)
    context = {
        "form": form,
        "entry": kept,
        "listed": kept is not None and kept.state in LISTED,
        "leaves": kept is not None and actions.withdrawn_by_change(kept),
        "stale": None,
        "preview": None,
        "safeguarding": settings.contacts.get("safeguarding"),
        **words_for(person),
        **more,
    }
    return Page(template, context, status=status)


def _archive_page(form: NoteForm, entry: Any, status: int = 200) -> Page:
    context = {"form": form, "entry": entry, "noun": "archive", "title": "Archive this entry"}
    return Page("directory/note.html", context, status=status)


async def _changeable(session: AsyncSession, person: Principal, entry_id: UUID) -> Any:
    entry = await queries.get_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    actions.refuse_fixed(entry)
    return entry


async def _after(session: AsyncSession, person: Principal, entry_id: UUID, act: str) -> PageResult:
    if act == "submit":
        await actions.submit_entry(session, person, entry_id)
    return Redirect(f"/directory/{entry_id}", SAID.get(act, "Your changes are saved."))


routes = [
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
    new_entry,
    post_entry,
    show_entry,
    edit_entry,
    change_entry,
    submit_entry,
    withdraw_submission,
    ask_why_archived,
    archive_entry,
    restore_entry,
]
