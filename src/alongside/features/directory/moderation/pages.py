"""Pages on which an entry is checked, verified, returned or retired."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory import queries
from alongside.features.directory.evidence import level_of
from alongside.features.directory.forms import NoteForm
from alongside.features.directory.moderation import actions
from alongside.features.directory.moderation.forms import CheckForm, VerificationForm
from alongside.features.directory.view_context import version_of, words_for
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

WHY = "Say why: the school will want to know"


@endpoint.get("/directory/{entry_id:uuid}/check", permission=Permission.PEER_CHECK_ENTRY)
async def ask_peer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Show the form for a peer check."""
    entry = await queries.get_entry(session, person, Permission.PEER_CHECK_ENTRY, entry_id)
    actions.refuse_own_school(person, entry)
    return _check_page(person, CheckForm(), entry)


@endpoint.post("/directory/{entry_id:uuid}/check", permission=Permission.PEER_CHECK_ENTRY)
async def peer_check_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Save a peer check: the entry goes on to verification, or back to its school."""
    entry = await queries.get_entry(session, person, Permission.PEER_CHECK_ENTRY, entry_id)
    actions.refuse_own_school(person, entry)
    form = CheckForm(await read_form_data(request))
    if not form.holds():
        return _check_page(person, form, entry, status=422)
    fit = form.fit.data == "yes"
    await actions.peer_check_entry(session, person, entry_id, form.note.data, fit=fit)
    if not fit:
        return Redirect("/directory/entries", "The entry is back with its school. Thank you for looking.")
    return Redirect(f"/directory/{entry_id}", "Thank you: it now waits to be verified.")


@endpoint.get("/directory/{entry_id:uuid}/verification", permission=Permission.VERIFY_ENTRY)
async def ask_how_strong(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Show the form for the evidence level before an entry is verified."""
    entry = await queries.get_entry(session, person, Permission.VERIFY_ENTRY, entry_id)
    level = entry.claimed_level if entry.verified_edition is None else entry.checked_level
    form = VerificationForm(data={"version": entry.version, "level": str(level)})
    return _verification_page(person, form, entry)


@endpoint.post("/directory/{entry_id:uuid}/verification", permission=Permission.VERIFY_ENTRY)
async def verify_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Verify an entry, or verify it again."""
    entry = await queries.get_entry(session, person, Permission.VERIFY_ENTRY, entry_id)
    written = await read_form_data(request)
    form = VerificationForm(written)
    if not form.holds():
        return _verification_page(person, form, entry, status=422)
    await actions.verify_entry(
        session, person, entry_id, int(form.level.data), form.note.data, version_of(written)
    )
    return Redirect(f"/directory/{entry_id}", "The entry is verified and stands in the directory.")


@endpoint.get("/directory/{entry_id:uuid}/return", permission=Permission.VERIFY_ENTRY)
async def ask_why_returned(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Show the form for the reason before an entry is returned to its school."""
    entry = await queries.get_entry(session, person, Permission.VERIFY_ENTRY, entry_id)
    return _note_page(NoteForm(), entry, "return", "Return this entry")


@endpoint.post("/directory/{entry_id:uuid}/return", permission=Permission.VERIFY_ENTRY)
async def return_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Return an entry to its school, with a reason."""
    entry = await queries.get_entry(session, person, Permission.VERIFY_ENTRY, entry_id)
    form = NoteForm(await read_form_data(request))
    if not form.holds(WHY):
        return _note_page(form, entry, "return", "Return this entry", status=422)
    await actions.return_entry(session, person, entry_id, form.note.data)
    return Redirect(f"/directory/{entry_id}", "The entry is back with its school.")


@endpoint.get("/directory/{entry_id:uuid}/retirement", permission=Permission.VERIFY_ENTRY)
async def ask_why_retired(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Show the form for the reason before an entry is retired."""
    entry = await queries.get_entry(session, person, Permission.VERIFY_ENTRY, entry_id)
    return _note_page(NoteForm(), entry, "retirement", "Take this entry out of the directory")


@endpoint.post("/directory/{entry_id:uuid}/retirement", permission=Permission.VERIFY_ENTRY)
async def retire_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, entry_id: UUID
) -> PageResult:
    """Retire an entry from the directory, with a reason."""
    entry = await queries.get_entry(session, person, Permission.VERIFY_ENTRY, entry_id)
    form = NoteForm(await read_form_data(request))
    if not form.holds(WHY):
        return _note_page(form, entry, "retirement", "Take this entry out of the directory", status=422)
    await actions.retire_entry(session, person, entry_id, form.note.data)
    return Redirect("/directory/entries", "The entry is in the archive.")


def _check_page(person: Principal, form: CheckForm, entry: Any, status: int = 200) -> Page:
    return Page("directory/check.html", {"form": form, "entry": entry, **words_for(person)}, status=status)


def _verification_page(person: Principal, form: VerificationForm, entry: Any, status: int = 200) -> Page:
    context = {"form": form, "entry": entry, "claimed": level_of(entry.claimed_level), **words_for(person)}
    return Page("directory/verification.html", context, status=status)


def _note_page(form: NoteForm, entry: Any, noun: str, title: str, status: int = 200) -> Page:
    return Page(
        "directory/note.html", {"form": form, "entry": entry, "noun": noun, "title": title}, status=status
    )


routes = [
    ask_peer,
    peer_check_entry,
    ask_how_strong,
    verify_entry,
    ask_why_returned,
    return_entry,
    ask_why_retired,
    retire_entry,
]
