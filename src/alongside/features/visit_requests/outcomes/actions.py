"""What becomes of an agreed visit: it took place, or one of the schools cancels it."""

from contextlib import suppress
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.directory.adoptions.actions import adopt_entry
from alongside.features.directory.adoptions.queries import own_use
from alongside.features.directory.queries import get_entry
from alongside.features.visit_requests.models import CANCEL, CONFIRM, VisitRequest
from alongside.features.visit_requests.queries import lock_visit_request
from alongside.features.visit_requests.request import RequestedVisit, other_school
from alongside.features.visit_requests.telling import tell_other_school
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_weekday
from alongside.platform.workflow import apply_transition


async def confirm_visit(session: AsyncSession, person: Principal, visit_request_id: UUID) -> None:
    """Say that the visit took place. Raises ActionRefused before its day.

    If the school that visited says so, it counts among the schools that use the entry, “too early to say”, until it
    says how the practice worked. The other school cannot say that on its behalf.
    """
    row = await lock_visit_request(session, person, Permission.CONCLUDE_VISIT, visit_request_id)
    if row.visit_on is not None and row.visit_on > person.today:
        raise ActionRefused(
            f"The visit is on {format_weekday(row.visit_on)}. Come back after that day and confirm that it took place.",
            row.state,
        )
    await apply_transition(session, person, VisitRequest, row, CONFIRM)
    if row.entry_id is not None and person.school_urn == row.requesting_urn:
        with suppress(
            NotFound, ActionRefused
        ):  # the entry has left the directory, or is now the school's own
            await _count_use(session, person, row, row.entry_id)
    text = f"{_own_name(person, row)} says that the visit took place."
    await tell_other_school(session, person, row, "visit_took_place", text)


async def _count_use(session: AsyncSession, person: Principal, row: RequestedVisit, entry_id: UUID) -> None:
    entry = await get_entry(session, person, Permission.ADOPT_ENTRY, entry_id)
    if await own_use(session, person, entry) is None:
        note = f"We visited on {format_weekday(row.visit_on)}." if row.visit_on else ""
        await adopt_entry(session, person, entry_id, "too_early", note)


async def cancel_agreed_visit(
    session: AsyncSession, person: Principal, visit_request_id: UUID, reason: str
) -> None:
    """Cancel an agreed visit, with a reason that the other school reads."""
    row = await lock_visit_request(session, person, Permission.CONCLUDE_VISIT, visit_request_id)
    await apply_transition(session, person, VisitRequest, row, CANCEL, note=reason, message=reason)
    when = format_weekday(row.visit_on) if row.visit_on else "an agreed day"
    text = f"{_own_name(person, row)} has cancelled the visit on {when}. Read the reason."
    await tell_other_school(session, person, row, "visit_cancelled", text)


def _own_name(person: Principal, row: RequestedVisit) -> str:
    """Return the name of the school for which the person acts."""
    names = {row.requesting_name, row.supporting_name} - {other_school(person, row)}
    return names.pop() if names else row.requesting_name
