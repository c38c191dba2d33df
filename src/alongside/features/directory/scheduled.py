"""Daily jobs for entries: reviews that fall due, unfinished work in progress, reminders. Each job is idempotent."""

from datetime import date, timedelta

from sqlalchemy import bindparam, literal_column
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.directory.entry import Entry
from alongside.features.directory.models import FALL_DUE, LAPSE_ENTRY, LISTED, DirectoryEntry
from alongside.features.directory.queries import ENTRY_WITH_SCHOOL
from alongside.features.directory.subscriptions.actions import notify_subscribers
from alongside.features.directory.suggested_entries.actions import ask_for_entry
from alongside.features.people.queries import ids, leaders_of_schools, people_of_schools
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all
from alongside.platform.jobs import ROWS_PER_TRANSACTION
from alongside.platform.jobs.scheduler import ScheduledJob
from alongside.platform.notifications import notify
from alongside.platform.web.formatting import format_date
from alongside.platform.workflow import apply_transition

LOCKED = (
    ENTRY_WITH_SCHOOL.order_by(DirectoryEntry.review_due_on, DirectoryEntry.id)
    .limit(literal_column(str(ROWS_PER_TRANSACTION)))
    .with_for_update(of=DirectoryEntry, skip_locked=True)
)
DUE = LOCKED.where(
    DirectoryEntry.state.in_(("verified", "reverified")), DirectoryEntry.review_due_on <= bindparam("today")
)
UNFINISHED = LOCKED.where(
    DirectoryEntry.state.in_(LISTED),
    DirectoryEntry.kind == "work_in_progress",
    DirectoryEntry.convert_by_on < bindparam("today"),
)
DUE_SOON = ENTRY_WITH_SCHOOL.where(
    DirectoryEntry.state.in_(("verified", "reverified")),
    DirectoryEntry.review_due_on.between(bindparam("today"), bindparam("soon")),
)
UNFINISHED_SOON = ENTRY_WITH_SCHOOL.where(
    DirectoryEntry.state.in_(LISTED),
    DirectoryEntry.kind == "work_in_progress",
    DirectoryEntry.convert_by_on.between(bindparam("today"), bindparam("soon")),
)


async def let_entries_fall_due(session: AsyncSession, system_person: Principal) -> int:
    """Mark listed entries whose review is due, and return how many. They stay listed, with a label.

    Source: domain.md §3 ask 29 and F38.
    """
    found = await select_all(session, DUE, Entry, _today(system_person))
    for entry in found:
        await apply_transition(session, system_person, DirectoryEntry, entry, FALL_DUE)
        await _notify(session, system_person, entry, "entry_due", "is due for review")
    return len(found)


async def lapse_works_in_progress(session: AsyncSession, system_person: Principal) -> int:
    """Archive work in progress that was not finished in time; return how many. Source: domain.md §5.7."""
    found = await select_all(session, UNFINISHED, Entry, _today(system_person))
    for entry in found:
        await apply_transition(session, system_person, DirectoryEntry, entry, LAPSE_ENTRY)
        await _notify(
            session, system_person, entry, "entry_lapsed", "was not finished in time and is in the archive"
        )
    return len(found)


async def remind_of_entries(session: AsyncSession, system_person: Principal) -> None:
    """Remind schools, once for each date, of entries that are soon due for review or must be finished."""
    settings = settings_of(system_person.authority_id)
    soon = system_person.today + timedelta(days=settings.directory.remind_before_days)
    values = _today(system_person) | {"soon": soon}
    for entry in await select_all(session, DUE_SOON, Entry, values):
        what = f"will be due for review on {format_date(entry.review_due_on)}"
        await _notify(session, system_person, entry, "entry_due_soon", what, entry.review_due_on)
    for entry in await select_all(session, UNFINISHED_SOON, Entry, values):
        what = f"is work in progress and has to be finished by {format_date(entry.convert_by_on)}"
        await _notify(session, system_person, entry, "entry_unfinished", what, entry.convert_by_on)


def _today(person: Principal) -> dict[str, object]:
    return {"authority_id": person.authority_id, "today": person.today}


async def _notify(
    session: AsyncSession, person: Principal, entry: Entry, kind: str, what: str, key: date | None = None
) -> None:
    """Notify the school and the leads of its consortium; nobody is notified about a resource.

    The school is asked to act unless the entry is over, its leads never.
    """
    if entry.school_urn is None:
        return
    urns = [entry.school_urn]
    people = await people_of_schools(session, person.authority_id, person.today, urns)
    leaders = await leaders_of_schools(session, person.authority_id, person.today, urns)
    once = f"{kind}:{entry.id}:{key or entry.version}"
    text = f"An entry of {entry.school} for the directory {what}."
    path, asks = f"/directory/{entry.id}", kind != "entry_lapsed"
    await notify(session, person, ids(people), kind, text, path, once=once, asks=asks)
    await notify(session, person, ids(leaders), kind, text, path, once=once)


JOBS = (
    ScheduledJob(6, notify_subscribers),
    ScheduledJob(7, let_entries_fall_due),
    ScheduledJob(7, lapse_works_in_progress),
    ScheduledJob(8, remind_of_entries),
    ScheduledJob(8, ask_for_entry),
)
