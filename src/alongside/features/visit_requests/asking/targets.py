"""What a school asks to visit: the school of an entry, or a school in general."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.directory.models import LISTED
from alongside.features.directory.queries import get_entry
from alongside.features.schools.models import LARGEST_URN, OPEN_STATUSES
from alongside.features.schools.queries import school_with
from alongside.features.visit_requests.queries import earlier_request
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import require_on
from alongside.platform.web.formatting import format_date


@dataclass(frozen=True, slots=True)
class VisitTarget:
    """The school that is asked, and the entry that the visit is about, if any.

    `obstacle` is the reason why this person's school cannot ask it now.
    """

    urn: int
    school: str
    obstacle: str | None
    entry_id: UUID | None = None
    entry_title: str | None = None

    @property
    def url(self) -> str:
        """The page from which the school is asked."""
        return f"/directory/{self.entry_id}" if self.entry_id else f"/directory/schools/{self.urn}"

    @property
    def subject(self) -> str:
        """What the visit is about, for a heading."""
        return self.entry_title or self.school


async def entry_to_visit(
    session: AsyncSession, person: Principal, permission: Permission, entry_id: UUID
) -> VisitTarget:
    """Return the school of an entry. Raises NotFound for an entry that the person may not see or is not listed."""
    entry = await get_entry(session, person, Permission.VIEW_ENTRY, entry_id)
    require_on(person, permission, entry)
    if entry.state not in LISTED or entry.school_urn is None:
        raise NotFound
    obstacle = await _obstacle(session, person, entry.school_urn, entry.school_status, entry.id)
    return VisitTarget(entry.school_urn, entry.school, obstacle, entry.id, entry.title)


async def school_to_visit(
    session: AsyncSession, person: Principal, _permission: Permission, urn: int
) -> VisitTarget:
    """Return a school of the authority. Raises NotFound."""
    if not 0 < urn <= LARGEST_URN:
        raise NotFound
    school = await school_with(session, person.authority_id, urn)
    obstacle = await _obstacle(session, person, urn, school.status, None)
    return VisitTarget(urn, school.name, obstacle)


async def _obstacle(
    session: AsyncSession, person: Principal, urn: int, status: str | None, entry_id: UUID | None
) -> str | None:
    """Return why the person's school cannot ask this school now: one sentence, or None."""
    if urn == person.school_urn:
        return "This is your own school. You can ask other schools for a visit."
    if status not in OPEN_STATUSES:
        return "This school is not open in the register of schools, so it cannot be asked for a visit."
    earlier = await earlier_request(session, person, urn, entry_id)
    if earlier is None:
        return None
    if earlier.not_before is not None:
        return f"This school asks you to wait. You can ask again from {format_date(earlier.not_before)}."
    return "Your school has asked for this visit already. You find your request under “Visits”."
