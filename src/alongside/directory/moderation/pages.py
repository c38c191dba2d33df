"""The pages by which an entry is checked, verified, returned or taken out of the directory."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.directory import queries
from alongside.directory.evidence import level_of
from alongside.directory.forms import NoteForm
from alongside.directory.moderation import actions
from alongside.directory.moderation.forms import CheckForm, VerificationForm
from alongside.directory.shown import version_of, words_for
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed

WHY = "Say why: the school will want to know"


@page.get("/directory/{entry_id:uuid}/check", permission=Permission.CHECK_ENTRY)
async def ask_peer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Ask somebody of another school whether others could follow this entry."""
    entry = await queries.entry_to(session, person, Permission.CHECK_ENTRY, entry_id)
    actions.refuse_own_school(person, entry)
    return _check_page(person, CheckForm(), entry)


@page.post("/directory/{entry_id:uuid}/check", permission=Permission.CHECK_ENTRY)
async def check_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Keep what a peer says: the entry goes on to be verified, or back to its school."""
    entry = await queries.entry_to(session, person, Permission.CHECK_ENTRY, entry_id)
    actions.refuse_own_school(person, entry)
    form = CheckForm(await typed(request))
    if not form.holds():
        return _check_page(person, form, entry, status=422)
    fit = form.fit.data == "yes"
    await actions.check_entry(session, person, entry_id, form.note.data, fit=fit)
    if not fit:
        return SeeOther("/directory/entries", "The entry is back with its school. Thank you for looking.")
    return SeeOther(f"/directory/{entry_id}", "Thank you: it now waits to be verified.")


@page.get("/directory/{entry_id:uuid}/verification", permission=Permission.VERIFY_ENTRY)
async def ask_how_strong(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Ask how strong the evidence is, before an entry is verified."""
    entry = await queries.entry_to(session, person, Permission.VERIFY_ENTRY, entry_id)
    level = entry.claimed_level if entry.verified_edition is None else entry.checked_level
    form = VerificationForm(data={"version": entry.version, "level": str(level)})
    return _verification_page(person, form, entry)


@page.post("/directory/{entry_id:uuid}/verification", permission=Permission.VERIFY_ENTRY)
async def verify_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Put an entry into the directory, or vouch for it again."""
    entry = await queries.entry_to(session, person, Permission.VERIFY_ENTRY, entry_id)
    written = await typed(request)
    form = VerificationForm(written)
    if not form.holds():
        return _verification_page(person, form, entry, status=422)
    await actions.verify_entry(
        session, person, entry_id, int(form.level.data), form.note.data, version_of(written)
    )
    return SeeOther(f"/directory/{entry_id}", "The entry is verified and stands in the directory.")


@page.get("/directory/{entry_id:uuid}/return", permission=Permission.VERIFY_ENTRY)
async def ask_why_returned(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Ask for the reason before an entry goes back to its school."""
    entry = await queries.entry_to(session, person, Permission.VERIFY_ENTRY, entry_id)
    return _note_page(NoteForm(), entry, "return", "Return this entry")


@page.post("/directory/{entry_id:uuid}/return", permission=Permission.VERIFY_ENTRY)
async def return_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Give an entry back to its school, with a reason."""
    entry = await queries.entry_to(session, person, Permission.VERIFY_ENTRY, entry_id)
    form = NoteForm(await typed(request))
    if not form.holds(WHY):
        return _note_page(form, entry, "return", "Return this entry", status=422)
    await actions.return_entry(session, person, entry_id, form.note.data)
    return SeeOther(f"/directory/{entry_id}", "The entry is back with its school.")


@page.get("/directory/{entry_id:uuid}/retirement", permission=Permission.VERIFY_ENTRY)
async def ask_why_retired(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Ask for the reason before an entry leaves the directory."""
    entry = await queries.entry_to(session, person, Permission.VERIFY_ENTRY, entry_id)
    return _note_page(NoteForm(), entry, "retirement", "Take this entry out of the directory")


@page.post("/directory/{entry_id:uuid}/retirement", permission=Permission.VERIFY_ENTRY)
async def retire_entry(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, entry_id: UUID
) -> Answer:
    """Take an entry out of the directory, with a reason."""
    entry = await queries.entry_to(session, person, Permission.VERIFY_ENTRY, entry_id)
    form = NoteForm(await typed(request))
    if not form.holds(WHY):
        return _note_page(form, entry, "retirement", "Take this entry out of the directory", status=422)
    await actions.retire_entry(session, person, entry_id, form.note.data)
    return SeeOther("/directory/entries", "The entry is in the archive.")


def _check_page(person: Person, form: CheckForm, entry: Any, status: int = 200) -> Page:
    return Page("directory/check.html", {"form": form, "entry": entry, **words_for(person)}, status=status)


def _verification_page(person: Person, form: VerificationForm, entry: Any, status: int = 200) -> Page:
    context = {"form": form, "entry": entry, "claimed": level_of(entry.claimed_level), **words_for(person)}
    return Page("directory/verification.html", context, status=status)


def _note_page(form: NoteForm, entry: Any, noun: str, title: str, status: int = 200) -> Page:
    return Page(
        "directory/note.html", {"form": form, "entry": entry, "noun": noun, "title": title}, status=status
    )


routes = [
    ask_peer,
    check_entry,
    ask_how_strong,
    verify_entry,
    ask_why_returned,
    return_entry,
    ask_why_retired,
    retire_entry,
]
