"""Request matching for a need of an escalation's school."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.escalations.matching_requests.models import MatchingRequest
from alongside.features.escalations.matching_requests.queries import open_needs_of
from alongside.features.escalations.queries import lock_escalation
from alongside.features.escalations.transitions import record_event
from alongside.features.matching.plans.actions import ask_for_plan
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit

LOOKED_FOR_IN = ("acknowledged", "triaged", "active", "waiting_on_provider", "stepped_up")
"""The states in which matching can be requested."""


async def ask_matching(session: AsyncSession, person: Principal, escalation_id: UUID, need_id: UUID) -> UUID:
    """Request a plan across the whole authority for a need of the escalation's school. Returns the plan run.

    Raises ActionRefused if the person has an interest in the school or the state does not allow it, and
    ValidationFailed if the need is not open.
    """
    row = await lock_escalation(session, person, Permission.MANAGE_ESCALATION, escalation_id)
    if row.state not in LOOKED_FOR_IN:
        raise ActionRefused("You cannot look for a match while the escalation is in this state.", row.state)
    titles = {one.id: one.title for one in await open_needs_of(session, person, row.school_urn)}
    if need_id not in titles:
        raise ValidationFailed({"need": ["Select a need from the list"]})
    run_id, _ = await ask_for_plan(session, person, None)
    await session.execute(
        insert(MatchingRequest).values(
            authority_id=person.authority_id,
            escalation_id=row.id,
            need_id=need_id,
            run_id=run_id,
            asked_by=person.id,
        )
    )
    await record_audit(session, person, "ask_matching", "escalation", row.id)
    note = f"Across the whole authority, for the need “{titles[need_id]}”"
    await record_event(session, person, row.id, "ask_matching", note, for_school=False)
    return run_id
