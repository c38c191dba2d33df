"""Work items of the directory: what waits for a school, and what leads and the core team check."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.queries import waiting_entries
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_count
from alongside.platform.work_items import HomePage, WorkItem, WorkItemList, WorkItemQuery

WORK_ITEMS = (
    WorkItemQuery(
        HomePage.SCHOOL,
        "Put an entry right",
        """
        SELECT e.title, 'came back with a reason', CAST(NULL AS date), '/directory/' || e.id
          FROM directory_entry e
         WHERE e.authority_id = :authority_id AND e.school_urn = :urn AND e.state = 'returned'
        """,
    ),
    WorkItemQuery(
        HomePage.SCHOOL,
        "Agree to an entry about your agreement",
        """
        SELECT e.title, other.name, CAST(NULL AS date),
               '/directory/' || e.id || '/consent'
          FROM directory_entry e
          JOIN school other ON other.authority_id = :authority_id
           AND other.urn = CASE WHEN e.school_urn = :urn THEN e.partner_urn ELSE e.school_urn END
         WHERE e.authority_id = :authority_id AND e.state IN ('draft', 'returned', 'review_due')
           AND e.partner_urn IS NOT NULL AND (e.school_urn = :urn OR e.partner_urn = :urn)
           AND NOT EXISTS (SELECT FROM entry_consent c WHERE c.authority_id = :authority_id
                            AND c.entry_id = e.id AND c.school_urn = :urn AND c.edition >= e.edition)
           AND (e.partner_urn = :urn OR e.edition > 1)
        """,
    ),
)


async def _entries_to_check(session: AsyncSession, person: Principal) -> list[WorkItem]:
    count = len(await waiting_entries(session, person))
    act = f"{format_count(count, 'entry', 'entries')} of good practice to check or verify"
    return [WorkItem(act, "", "", None, "/directory/entries")] if count else []


WORK_ITEM_LISTS = (WorkItemList(_entries_to_check),)
