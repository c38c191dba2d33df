"""SELECTs for entries: one with everything its page shows, those of a school, those that wait for a check."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Executable, bindparam, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.directory.consents.models import EntryConsent
from alongside.features.directory.entry import Consent, Entry
from alongside.features.directory.models import LISTED, DirectoryEntry
from alongside.features.people.models import Person
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import Query, has_permission, may, scope_filter
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import may_on, record_filter, require_on
from alongside.platform.database.reads import Read, columns_of, fetch_all, select_all, select_one

A_PAGE = 25
WAITING_FOR_CHECK = ("submitted",)
WAITING_FOR_VERIFYING = ("peer_check", "review_due")

ENTRY_WITH_SCHOOL = (
    select(
        *columns_of(
            Entry,
            DirectoryEntry,
            school=func.coalesce(School.name, DirectoryEntry.source_name),
            school_status=School.status,
            writer=Person.name,
            writer_left_on=Person.left_on,
        )
    )
    .outerjoin(
        School,
        (School.authority_id == DirectoryEntry.authority_id) & (School.urn == DirectoryEntry.school_urn),
    )
    .outerjoin(
        Person,
        (Person.authority_id == DirectoryEntry.authority_id) & (Person.id == DirectoryEntry.written_by),
    )
    .where(DirectoryEntry.authority_id == bindparam("authority_id"))
)
ONE_ENTRY = ENTRY_WITH_SCHOOL.where(DirectoryEntry.id == bindparam("entry_id"))
NEWEST_FIRST = (
    ENTRY_WITH_SCHOOL.order_by(DirectoryEntry.changed_at.desc(), DirectoryEntry.id.desc())
    .limit(literal_column(str(A_PAGE + 1)))
    .offset(bindparam("skipped"))
)
OLDEST_FIRST = ENTRY_WITH_SCHOOL.order_by(DirectoryEntry.changed_at, DirectoryEntry.id).limit(
    literal_column("50")
)
STATES_OF_ENTRIES = (
    select(DirectoryEntry.state, func.count().label("number"))
    .where(DirectoryEntry.authority_id == bindparam("authority_id"))
    .group_by(DirectoryEntry.state)
)
CONSENTS = Read(
    select(EntryConsent.school_urn, EntryConsent.edition, EntryConsent.given_at, Person.name)
    .join(
        Person,
        (Person.authority_id == EntryConsent.authority_id) & (Person.id == EntryConsent.given_by),
    )
    .where(
        EntryConsent.authority_id == bindparam("authority_id"), EntryConsent.entry_id == bindparam("entry_id")
    ),
    Consent,
)


async def get_entry(
    session: AsyncSession, person: Principal, permission: Permission, entry_id: UUID
) -> Entry:
    """One entry with its school, if this person has the permission on it. Raises NotFound otherwise."""
    return await _one(session, person, permission, ONE_ENTRY, entry_id)


async def lock_entry(
    session: AsyncSession, person: Principal, permission: Permission, entry_id: UUID
) -> Entry:
    """The same entry, locked with FOR UPDATE until the transaction ends."""
    statement = ONE_ENTRY.with_for_update(of=DirectoryEntry)
    return await _one(session, person, permission, statement, entry_id)


async def _one(
    session: AsyncSession, person: Principal, permission: Permission, statement: Executable, entry_id: UUID
) -> Entry:
    values = {"authority_id": person.authority_id, "entry_id": entry_id}
    entry = await select_one(session, statement, Entry, values)
    if entry is None:
        raise NotFound
    require_on(person, permission, entry)
    if permission in (Permission.VIEW_ENTRY, Permission.ADOPT_ENTRY, Permission.PEER_CHECK_ENTRY):
        require_visible(person, entry)
    return entry


def require_visible(person: Principal, entry: Entry) -> None:
    """Raise NotFound unless this person may see this entry.

    An unlisted entry is visible to its schools and to those who verify its entries; while it waits for a check, also
    to those who could check it.
    """
    if entry.state in LISTED:
        require_on(person, Permission.VIEW_ENTRY, entry)
    elif not may_view_timeline(person, entry) and not (
        entry.state in ("submitted", "peer_check") and may_on(person, Permission.PEER_CHECK_ENTRY, entry)
    ):
        raise NotFound


def may_view_timeline(person: Principal, entry: Entry) -> bool:
    """Whether this person may read drafts and activity with its reasons: the entry's schools and those who verify."""
    sides = (entry.school_urn, entry.partner_urn)
    return may(person, Permission.WRITE_ENTRY, *sides) or may_on(person, Permission.VERIFY_ENTRY, entry)


async def entries_of(
    session: AsyncSession, person: Principal, *, states: Sequence[str] = (), page: int = 1
) -> tuple[list[Entry], bool]:
    """A page of the entries of the person's schools, newest first, and whether more follow."""
    values = {"authority_id": person.authority_id, "skipped": (page - 1) * A_PAGE}
    found = await select_all(session, _of(NEWEST_FIRST, person, states), Entry, values)
    return found[:A_PAGE], len(found) > A_PAGE


async def states_of_entries(session: AsyncSession, person: Principal) -> Mapping[str, int]:
    """The number of those entries in each state."""
    found = await session.execute(_of(STATES_OF_ENTRIES, person, ()), {"authority_id": person.authority_id})
    return {row.state: row.number for row in found}


async def waiting_entries(session: AsyncSession, person: Principal) -> list[Entry]:
    """Entries of other schools that this person could check or verify, longest waiting first, 50 at most."""
    parts = [
        DirectoryEntry.state.in_(states) & record_filter(person, permission, DirectoryEntry)
        for states, permission in (
            (WAITING_FOR_CHECK, Permission.PEER_CHECK_ENTRY),
            (WAITING_FOR_VERIFYING, Permission.VERIFY_ENTRY),
        )
        if has_permission(person, permission)
    ]
    if not parts:
        return []
    statement = OLDEST_FIRST.where(or_(*parts), DirectoryEntry.school_urn.is_distinct_from(person.school_urn))
    return await select_all(session, statement, Entry, {"authority_id": person.authority_id})


async def consents_of(session: AsyncSession, person: Principal, entry: Entry) -> dict[int, Consent]:
    """The schools that have consented to the current text, with the person and the time."""
    values = {"authority_id": person.authority_id, "entry_id": entry.id}
    found = await fetch_all(session, CONSENTS, values)
    return {row.school_urn: row for row in found if row.edition == entry.edition}


def _of(statement: Query, person: Principal, states: Sequence[str]) -> Query:
    """The statement limited to schools that this person writes or verifies for, on either side of an agreement."""
    permission = Permission.WRITE_ENTRY if person.school_urn is not None else Permission.VERIFY_ENTRY
    reached = statement.where(
        scope_filter(person, permission, DirectoryEntry.school_urn, DirectoryEntry.partner_urn)
    )
    return reached.where(DirectoryEntry.state.in_(states)) if states else reached
