"""The import command: all new rows of a file are saved, or none if there is an error."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.directory.actions import keep_version
from alongside.features.directory.forms import COLUMNS
from alongside.features.directory.import_export.row_results import NEW, RowResult
from alongside.features.directory.models import TAKE_IN, DirectoryEntry
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit


async def import_rows(
    session: AsyncSession, person: Principal, row_results: Iterable[RowResult]
) -> list[UUID]:
    """Insert the new rows as entries verified by the importing authority; return their ids.

    The caller has checked MANAGE_DIRECTORY_IMPORT. A row with a school belongs to that school from then on. The
    evidence level is as given in the file, and the entry becomes due for review like any other.
    """
    settings, made = settings_of(person.authority_id).directory, []
    for row_result in row_results:
        if row_result.what != NEW:
            continue
        values = dict(row_result.columns) | {
            "authority_id": person.authority_id,
            "state": TAKE_IN.end,
            "verified_by": person.id,
            "verified_edition": 1,
            "reviewed_on": person.today,
            "review_due_on": person.today + timedelta(days=settings.review_good_for_days),
            "visible_to_authority_from": None
            if row_result.columns["visibility"] == "consortium"
            else person.today,
            "claimed_level": row_result.columns["checked_level"],
            "listed_at": func.now(),
        }
        if row_result.columns["kind"] == "work_in_progress":
            values["convert_by_on"] = person.today + timedelta(days=settings.work_in_progress_days)
        added = await session.execute(insert(DirectoryEntry).values(values).returning(DirectoryEntry.id))
        entry_id: UUID = added.scalar_one()
        written = {name: values[name] for name in COLUMNS if name in values}
        await keep_version(session, person, entry_id, 1, written)
        schools = (row_result.school_urn,)
        await record_audit(session, person, TAKE_IN.verb, "directory_entry", entry_id, schools=schools)
        made.append(entry_id)
    return made
