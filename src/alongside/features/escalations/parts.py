"""Everything that belongs to one escalation, read in one statement for its page and its file."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.export import ATTEMPTS
from alongside.features.escalations.files.queries import FILES
from alongside.features.escalations.matching_requests.queries import REQUESTS
from alongside.features.escalations.pauses import PAUSES
from alongside.features.escalations.queries import OTHERS_OF_SCHOOL, of_person
from alongside.features.escalations.raising.queries import DEFERRED
from alongside.features.escalations.rows import EscalationRow
from alongside.features.escalations.statutory.queries import OVERRULINGS, STEPS_TAKEN
from alongside.features.escalations.tasks.queries import CRITERIA, TASKS
from alongside.features.escalations.timeline import EVENTS, REMINDERS
from alongside.features.escalations.visits.queries import VISITS
from alongside.platform.access.principal import Principal
from alongside.platform.database.combined_reads import CombinedRead, CombinedRows
from alongside.platform.database.reads import fetch_one

PARTS = CombinedRead(
    ATTEMPTS,
    CRITERIA,
    DEFERRED,
    EVENTS,
    FILES,
    OTHERS_OF_SCHOOL,
    OVERRULINGS,
    PAUSES,
    REMINDERS,
    REQUESTS,
    STEPS_TAKEN,
    TASKS,
    VISITS,
)


async def parts_of(session: AsyncSession, person: Principal, row: EscalationRow) -> CombinedRows:
    """Return the parts of an escalation that this person may read; load the escalation first."""
    parts = await fetch_one(session, PARTS, of_person(person, escalation_id=row.id, urn=row.school_urn))
    assert parts is not None
    return parts
