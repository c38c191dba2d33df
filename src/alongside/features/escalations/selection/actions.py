"""Remind the owner of an escalation."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.escalations.models import FINALS
from alongside.features.escalations.queries import get_escalation
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.notifications import notify


async def remind_owner(session: AsyncSession, person: Principal, escalation_id: UUID) -> None:
    """Remind the owner of an open escalation, once a day at most. Raises ActionRefused if nobody owns it."""
    row = await get_escalation(session, person, Permission.MANAGE_ESCALATION, escalation_id)
    if row.owner_id is None or row.state in FINALS:
        raise ActionRefused("Nobody works on this escalation now.", row.state)
    await record_audit(session, person, "remind_owner", "escalation", escalation_id)
    text = f"{person.name} reminds you of an escalation that is assigned to you."
    once = f"owner_reminded:{escalation_id}:{person.today}"
    path = f"/escalations/{escalation_id}"
    await notify(session, person, [row.owner_id], "escalation_reminder", text, path, once=once)
