"""Commands by which a school drafts, edits, submits, archives and restores its directory entries."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict, NotFound, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.directory import queries
from alongside.features.directory.entry import Entry
from alongside.features.directory.labels import difference
from alongside.features.directory.models import (
    AMEND_ENTRY,
    ARCHIVE_ENTRY,
    DRAFT_ENTRY,
    LISTED,
    RECALL_ENTRY,
    RESTORE_ENTRY,
    SUBMIT_ENTRY,
    TAKE_BACK,
    DirectoryEntry,
)
from alongside.features.directory.versions.models import EntryVersion
from alongside.features.people.queries import ids, leaders_of_schools, people_of_schools
from alongside.features.schools.models import School
from alongside.features.schools.posting import refuse_closed
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.audit.changes import plain
from alongside.platform.notifications import notify
from alongside.platform.workflow import apply_transition

DRAFTS = ("draft", "returned")


async def draft_entry(
    session: AsyncSession, person: Principal, urn: int, written: Mapping[str, object], **more: object
) -> UUID:
    """Create a draft entry for a school.

    `more` holds columns that no form writes. Raises NotFound for a school outside the person's scope, ValidationFailed
    for a visibility that the authority does not allow.
    """
    require(person, Permission.WRITE_ENTRY, urn)
    refuse_too_wide(person, str(written["visibility"]))
    school = (
        await session.execute(
            select(School.name, School.status).where(
                School.authority_id == person.authority_id, School.urn == urn
            )
        )
    ).one_or_none()
    if school is None:
        raise NotFound
    refuse_closed(school.name, school.status)
    values = dict(written) | more
    added = await session.execute(
        insert(DirectoryEntry)
        .values(
            authority_id=person.authority_id,
            school_urn=urn,
            written_by=person.id,
            state=DRAFT_ENTRY.end,
            **values,
        )
        .returning(DirectoryEntry.id)
    )
    entry_id: UUID = added.scalar_one()
    await keep_version(session, person, entry_id, 1, written)
    await record_audit(session, person, DRAFT_ENTRY.verb, "directory_entry", entry_id, schools=(urn,))
    return entry_id


async def change_entry(
    session: AsyncSession, person: Principal, entry_id: UUID, written: Mapping[str, object], version: int
) -> None:
    """Change the text of an entry.

    A verified entry stays listed and waits for its review. A verified entry about two schools is withdrawn from the
    directory until both have consented to the new text. Raises EditConflict when the entry changed since `version`,
    ActionRefused while others are checking it.
    """
    entry = await queries.lock_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    refuse_fixed(entry)
    current = text_of(entry, written)
    if entry.version != version:
        raise EditConflict(difference(settings_of(person.authority_id), written, current), entry.version)
    if all(plain(value) == plain(current[name]) for name, value in written.items()):
        return
    if written["visibility"] != entry.visibility:
        refuse_too_wide(person, str(written["visibility"]))
    values = dict(written) | {"edition": entry.edition + 1, "changed_at": func.now()}
    if written["visibility"] == "consortium":
        values["visible_to_authority_from"] = None
    if written["kind"] == "practice":
        values["convert_by_on"] = None
    await _write(session, person, entry, values)
    await keep_version(session, person, entry.id, entry.edition + 1, written)
    if entry.state in LISTED:
        text = f"{entry.school} has changed an entry of the directory after it was verified."
        await notify_leaders(session, person, entry, "entry_amended", text)


async def _write(
    session: AsyncSession, person: Principal, entry: Entry, values: Mapping[str, object]
) -> None:
    """Save changed columns of a locked entry.

    A listed entry moves to review, or to draft if it is about two schools.
    """
    if withdrawn_by_change(entry):
        await apply_transition(session, person, DirectoryEntry, entry, RECALL_ENTRY, written=values)
        people = await people_of_schools(session, person.authority_id, person.today, [entry.partner_urn])
        text = "An entry about an agreement of your school was changed. It is out of the directory for now."
        once = f"entry_recalled:{entry.id}:{entry.version}"
        where = f"/directory/{entry.id}"
        await notify(session, person, ids(people), "entry_recalled", text, where, once=once)
        return
    if entry.state in LISTED:
        await apply_transition(session, person, DirectoryEntry, entry, AMEND_ENTRY, written=values)
        return
    await session.execute(
        update(DirectoryEntry)
        .where(
            DirectoryEntry.authority_id == person.authority_id,
            DirectoryEntry.id == entry.id,
            DirectoryEntry.state.in_(DRAFTS),
        )
        .values(version=DirectoryEntry.version + 1, **values)
    )
    await record_audit(
        session, person, "change_entry", "directory_entry", entry.id, schools=(entry.school_urn,)
    )


async def new_edition(session: AsyncSession, person: Principal, entry: Entry) -> int:
    """Count an added picture or attachment as a new version of the entry's text; return the number of that version."""
    refuse_fixed(entry)
    edition: int = entry.edition + 1
    await _write(session, person, entry, {"edition": edition, "changed_at": func.now()})
    last = await session.scalar(
        select(EntryVersion.written).where(
            EntryVersion.authority_id == person.authority_id,
            EntryVersion.entry_id == entry.id,
            EntryVersion.edition == entry.edition,
        )
    )
    await keep_version(session, person, entry.id, edition, last or {})
    return edition


async def submit_entry(session: AsyncSession, person: Principal, entry_id: UUID) -> None:
    """Send a complete entry for checking.

    Raises ActionRefused while a school of an entry about an agreement has not consented.
    """
    entry = await queries.lock_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    refuse_closed(entry.school, entry.school_status)
    if not await both_consented(session, person, entry):
        raise ActionRefused(
            "This tells of an agreement, so the headteachers of both schools must agree to this text first.",
            entry.state,
        )
    await apply_transition(session, person, DirectoryEntry, entry, SUBMIT_ENTRY, changed_at=func.now())
    text = f"{entry.school} has sent an entry for the directory. It waits for a check by a peer."
    await notify_leaders(session, person, entry, "entry_submitted", text)


async def withdraw_submission(session: AsyncSession, person: Principal, entry_id: UUID) -> None:
    """Turn a submitted entry back into a draft."""
    entry = await queries.get_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    await apply_transition(session, person, DirectoryEntry, entry, TAKE_BACK)


async def archive_entry(session: AsyncSession, person: Principal, entry_id: UUID, note: str) -> None:
    """Archive an unlisted entry of the person's school, with a reason. It can be restored."""
    entry = await queries.get_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    await apply_transition(
        session, person, DirectoryEntry, entry, ARCHIVE_ENTRY, note=note, changed_at=func.now()
    )


async def restore_entry(session: AsyncSession, person: Principal, entry_id: UUID) -> None:
    """Take an entry out of the archive. It becomes a draft and must be checked again."""
    entry = await queries.get_entry(session, person, Permission.WRITE_ENTRY, entry_id)
    await apply_transition(
        session, person, DirectoryEntry, entry, RESTORE_ENTRY, convert_by_on=None, changed_at=func.now()
    )


async def both_consented(session: AsyncSession, person: Principal, entry: Entry) -> bool:
    """Whether every school of an entry has consented to its current text. PostgreSQL enforces the same rule."""
    if entry.partner_urn is None:
        return True
    agreed = await queries.consents_of(session, person, entry)
    return {entry.school_urn, entry.partner_urn} <= agreed.keys()


def withdrawn_by_change(entry: Entry) -> bool:
    """Whether a change withdraws the entry: it is listed, and both schools consented to its current text only."""
    return entry.state in LISTED and entry.partner_urn is not None


async def keep_version(
    session: AsyncSession, person: Principal, entry_id: UUID, edition: int, written: Mapping[str, object]
) -> None:
    """Store a version of an entry's text permanently."""
    kept = {name: plain(value) for name, value in written.items()}
    await session.execute(
        insert(EntryVersion).values(
            authority_id=person.authority_id,
            entry_id=entry_id,
            edition=edition,
            written=kept,
            written_by=person.id,
        )
    )


def text_of(entry: Entry, names: Mapping[str, object]) -> dict[str, object]:
    """The current values of an entry for the given column names."""
    return {name: getattr(entry, name) for name in names}


def why_not_editable(entry: Entry) -> str | None:
    """Return why an entry cannot be changed now: it is being checked or is archived."""
    if entry.state in ("submitted", "peer_check"):
        return "Others are checking this text. Withdraw it from checking before you change it."
    return (
        "This entry is in the archive. Restore it before you change it."
        if entry.state == "archived"
        else None
    )


def refuse_fixed(entry: Entry) -> None:
    """Raise ActionRefused for a change to an entry that is being checked or is archived."""
    refusal = why_not_editable(entry)
    if refusal:
        raise ActionRefused(refusal, entry.state)


def refuse_too_wide(person: Principal, visibility: str) -> None:
    """Raise ValidationFailed when the visibility is wider than the authority allows."""
    order = ("consortium", "authority", "public")
    if order.index(visibility) > order.index(settings_of(person.authority_id).directory.widest):
        raise ValidationFailed(
            {"visibility": ["Your authority shows entries less widely. Choose from the list"]}
        )


async def notify_leaders(
    session: AsyncSession, person: Principal, entry: Entry, kind: str, text: str
) -> None:
    """Notify the leads of the school's consortium with a link to the entry, without quoting anyone's text."""
    leaders = await leaders_of_schools(session, person.authority_id, person.today, [entry.school_urn])
    once = f"{kind}:{entry.id}:{entry.version}"
    await notify(session, person, ids(leaders), kind, text, f"/directory/{entry.id}", once=once)
