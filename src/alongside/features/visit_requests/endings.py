"""Ending a visit request that nobody answered in time."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.visit_requests.models import LAPSE, VisitRequest
from alongside.features.visit_requests.request import RequestedVisit
from alongside.features.visit_requests.telling import tell_school
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_weekday
from alongside.platform.workflow import apply_transition


async def end_unanswered(session: AsyncSession, person: Principal, row: RequestedVisit) -> None:
    """End a late request, and tell both schools. `person` is the system."""
    await apply_transition(session, person, VisitRequest, row, LAPSE)
    until, silent = format_weekday(row.respond_by), row.waits_for_urn
    waited, other = (
        (row.requesting_urn, row.supporting_name)
        if silent == row.supporting_urn
        else (row.supporting_urn, row.requesting_name)
    )
    said = f"{other} did not answer by {until}, so the request for a visit has ended."
    missed = f"Your school did not answer a request for a visit by {until}, so it has ended."
    await tell_school(session, person, row, waited, "visit_lapsed", said)
    await tell_school(session, person, row, silent, "visit_lapsed", missed)
