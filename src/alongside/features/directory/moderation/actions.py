"""Commands to check, verify, return and retire entries, never by the person who wrote them."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.authorities import settings_of
from alongside.features.directory import queries
from alongside.features.directory.actions import notify_leaders
from alongside.features.directory.entry import Entry
from alongside.features.directory.models import (
    HAND_BACK,
    PEER_CHECK_ENTRY,
    RETIRE_ENTRY,
    RETURN_ENTRY,
    REVERIFY_ENTRY,
    VERIFY_ENTRY,
    DirectoryEntry,
)
from alongside.features.people.queries import ids, people_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.notifications import notify
from alongside.platform.workflow import apply_transition


async def peer_check_entry(
    session: AsyncSession, person: Principal, entry_id: UUID, note: str, *, fit: bool
) -> None:
    """Record a peer's opinion whether another school could follow an entry; with `fit` it goes on to verification.

    Raises ActionRefused for people of the entry's own school, whom the database refuses as well.
    """
    entry = await queries.lock_entry(session, person, Permission.PEER_CHECK_ENTRY, entry_id)
    refusal = why_no_peer_check(person, entry)
    if refusal:
        raise ActionRefused(refusal, entry.state)
    if not fit:
        await apply_transition(
            session, person, DirectoryEntry, entry, HAND_BACK, note=note, changed_at=func.now()
        )
        await notify_schools(session, person, entry, "entry_returned", "was returned. Read the reason")
        return
    await apply_transition(
        session,
        person,
        DirectoryEntry,
        entry,
        PEER_CHECK_ENTRY,
        note=note,
        checked_by=person.id,
        checked_by_urn=person.school_urn,
        checked_on=person.today,
        changed_at=func.now(),
    )
    text = f"An entry of {entry.school} for the directory was checked by a peer. It waits to be verified."
    await notify_leaders(session, person, entry, "entry_checked", text)


async def verify_entry(
    session: AsyncSession, person: Principal, entry_id: UUID, level: int, note: str, version: int
) -> None:
    """Verify the current text and its evidence level (0 to 4) for the period set by the authority.

    Only this moves the review date; reading never does. Raises ActionRefused when the text has changed since, and for
    the person who wrote it, checked it as a peer, or belongs to the school.
    """
    entry = await queries.lock_entry(session, person, Permission.VERIFY_ENTRY, entry_id)
    move = VERIFY_ENTRY if entry.state == "peer_check" else REVERIFY_ENTRY
    if entry.version != version:
        raise ActionRefused(
            "This was changed while you were reading it. Read it again, then verify.", entry.state
        )
    await _refuse_own_words(session, person, entry)
    settings = settings_of(person.authority_id).directory
    values: dict[str, object] = {}
    if entry.visibility != "consortium":
        values["visible_to_authority_from"] = entry.visible_to_authority_from or person.today
    if entry.kind == "work_in_progress" and entry.convert_by_on is None:
        values["convert_by_on"] = person.today + timedelta(days=settings.work_in_progress_days)
    await apply_transition(
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
        written=values,
    )
    await notify_schools(
        session, person, entry, "entry_verified", "is verified and published in the directory"
    )


async def return_entry(session: AsyncSession, person: Principal, entry_id: UUID, note: str) -> None:
    """Return an entry to its school with a reason."""
    entry = await queries.get_entry(session, person, Permission.VERIFY_ENTRY, entry_id)
    await apply_transition(
        session, person, DirectoryEntry, entry, RETURN_ENTRY, note=note, changed_at=func.now()
    )
    await notify_schools(session, person, entry, "entry_returned", "was returned. Read the reason")


async def retire_entry(session: AsyncSession, person: Principal, entry_id: UUID, note: str) -> None:
    """Archive a listed entry that is no longer valid, with a reason."""
    entry = await queries.get_entry(session, person, Permission.VERIFY_ENTRY, entry_id)
    await apply_transition(
        session, person, DirectoryEntry, entry, RETIRE_ENTRY, note=note, changed_at=func.now()
    )
    await notify_schools(session, person, entry, "entry_retired", "was taken out of the directory")


def why_no_peer_check(person: Principal, entry: Entry) -> str | None:
    """Return why this person cannot check an entry as a peer: it is about their own school."""
    if person.school_urn is not None and person.school_urn in (entry.school_urn, entry.partner_urn):
        return "Someone from another school must check this entry."
    return None


async def notify_schools(
    session: AsyncSession, person: Principal, entry: Entry, kind: str, what: str
) -> None:
    """Notify the people of an entry's schools of a change; reasons are shown only on the page."""
    urns = [urn for urn in (entry.school_urn, entry.partner_urn) if urn is not None]
    people = await people_of_schools(session, person.authority_id, person.today, urns)
    once = f"{kind}:{entry.id}:{entry.version}"
    text = f"An entry of {entry.school} for the directory {what}."
    await notify(session, person, ids(people), kind, text, f"/directory/{entry.id}", once=once)


async def _refuse_own_words(session: AsyncSession, person: Principal, entry: Entry) -> None:
    urns = [urn for urn in (entry.school_urn, entry.partner_urn) if urn is not None]
    own = await people_of_schools(session, person.authority_id, person.today, urns)
    if person.id in (entry.written_by, *ids(own)):
        raise ActionRefused(
            "This entry is about your school or written by you, so somebody else must verify it.", entry.state
        )
    if entry.state == "peer_check" and person.id == entry.checked_by:
        raise ActionRefused("You checked this as a peer, so somebody else has to verify it.", entry.state)
