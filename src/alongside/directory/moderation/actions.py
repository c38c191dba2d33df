"""Checking, verifying, returning and retiring: each by somebody else than who wrote it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.directory import queries
from alongside.directory.actions import tell_leaders
from alongside.directory.model import (
    CHECK_ENTRY,
    HAND_BACK,
    RETIRE_ENTRY,
    RETURN_ENTRY,
    REVERIFY_ENTRY,
    VERIFY_ENTRY,
    DirectoryEntry,
)
from alongside.errors import Refused
from alongside.notifications import tell
from alongside.people.queries import ids, people_of_schools
from alongside.workflow import take


async def check_entry(session: AsyncSession, person: Person, entry_id: UUID, note: str, *, fit: bool) -> None:
    """Say as a peer whether another school could follow an entry; with `fit` it goes on to be verified.

    Raises Refused for the school's own people: the database would refuse them too.
    """
    entry = await queries.held_entry(session, person, Permission.CHECK_ENTRY, entry_id)
    refuse_own_school(person, entry)
    if not fit:
        await take(session, person, DirectoryEntry, entry, HAND_BACK, note=note, changed_at=func.now())
        await tell_schools(session, person, entry, "entry_returned", "has come back with a reason")
        return
    await take(
        session,
        person,
        DirectoryEntry,
        entry,
        CHECK_ENTRY,
        note=note,
        checked_by=person.id,
        checked_by_urn=person.school_urn,
        checked_on=person.today,
        changed_at=func.now(),
    )
    text = f"An entry of {entry.school} for the directory was checked by a peer. It waits to be verified."
    await tell_leaders(session, person, entry, "entry_checked", text)


async def verify_entry(
    session: AsyncSession, person: Person, entry_id: UUID, level: int, note: str, version: int
) -> None:
    """Vouch for the present text and how strong its evidence is (0 to 4), for as long as the authority has settled.

    Only this moves the day of review; reading never does. Raises Refused when the text is another by now, and
    for who wrote it, checked it as a peer, or belongs to the school.
    """
    entry = await queries.held_entry(session, person, Permission.VERIFY_ENTRY, entry_id)
    move = VERIFY_ENTRY if entry.state == "peer_check" else REVERIFY_ENTRY
    if entry.version != version:
        raise Refused("This was changed while you were reading it. Read it again, then verify.", entry.state)
    await _refuse_own_words(session, person, entry)
    settings = settings_of(person.authority_id).directory
    values: dict[str, Any] = {}
    if entry.visibility != "consortium":
        values["shown_to_all_from"] = entry.shown_to_all_from or person.today
    if entry.kind == "work_in_progress" and entry.convert_by_on is None:
        values["convert_by_on"] = person.today + timedelta(days=settings.work_in_progress_days)
    await take(
        session,
        person,
        DirectoryEntry,
        entry,
        move,
        note=note or None,
        checked_level=level,
        verified_by=person.id,
        verified_edition=entry.edition,
        reviewed_on=person.today,
        review_due_on=person.today + timedelta(days=settings.review_good_for_days),
        listed_at=func.coalesce(DirectoryEntry.listed_at, func.now()),
        changed_at=func.now(),
        **values,
    )
    await tell_schools(session, person, entry, "entry_verified", "is verified and stands in the directory")


async def return_entry(session: AsyncSession, person: Person, entry_id: UUID, note: str) -> None:
    """Give an entry back to its school with a reason."""
    entry = await queries.entry_to(session, person, Permission.VERIFY_ENTRY, entry_id)
    await take(session, person, DirectoryEntry, entry, RETURN_ENTRY, note=note, changed_at=func.now())
    await tell_schools(session, person, entry, "entry_returned", "has come back with a reason")


async def retire_entry(session: AsyncSession, person: Person, entry_id: UUID, note: str) -> None:
    """Take an entry out of the directory that no longer holds, with a reason."""
    entry = await queries.entry_to(session, person, Permission.VERIFY_ENTRY, entry_id)
    await take(session, person, DirectoryEntry, entry, RETIRE_ENTRY, note=note, changed_at=func.now())
    await tell_schools(session, person, entry, "entry_retired", "was taken out of the directory")


def refuse_own_school(person: Person, entry: Any) -> None:
    """Stop a school from being its own peer. Raises Refused."""
    if person.school_urn is not None and person.school_urn in (entry.school_urn, entry.partner_urn):
        raise Refused("Somebody of another school has to check this.", entry.state)


async def tell_schools(session: AsyncSession, person: Person, entry: Any, kind: str, what: str) -> None:
    """Tell the people of the schools of an entry what has become of it; reasons are read on the page."""
    urns = [urn for urn in (entry.school_urn, entry.partner_urn) if urn is not None]
    people = await people_of_schools(session, person.authority_id, person.today, urns)
    once = f"{kind}:{entry.id}:{entry.version}"
    text = f"An entry of {entry.school} for the directory {what}."
    await tell(session, person, ids(people), kind, text, f"/directory/{entry.id}", once=once)


async def _refuse_own_words(session: AsyncSession, person: Person, entry: Any) -> None:
    urns = [urn for urn in (entry.school_urn, entry.partner_urn) if urn is not None]
    own = await people_of_schools(session, person.authority_id, person.today, urns)
    if person.id in (entry.written_by, *ids(own)):
        raise Refused("You belong to this entry, so somebody else has to verify it.", entry.state)
    if entry.state == "peer_check" and person.id == entry.checked_by:
        raise Refused("You checked this as a peer, so somebody else has to verify it.", entry.state)
