"""Remind the schools of an agreement that they have not signed."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.agreements.parties import NotificationText, notify_schools
from alongside.features.agreements.queries import AgreementRow, get_agreement
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit


def unsigned_sides(row: AgreementRow) -> list[tuple[int, str]]:
    """The schools that have not signed an agreement in preparation, as (URN, name)."""
    if row.state != "preparing":
        return []
    sides = (
        (row.requesting_urn, row.requesting_name, row.requesting_signed_at),
        (row.supporting_urn, row.supporting_name, row.supporting_signed_at),
    )
    return [(urn, name) for urn, name, signed_at in sides if signed_at is None]


async def remind_to_sign(session: AsyncSession, person: Principal, agreement_id: UUID) -> None:
    """Remind the schools that have not signed an agreement, once a day at most.

    Raises ActionRefused if no signature is missing.
    """
    row = await get_agreement(session, person, Permission.REMIND_SCHOOLS, agreement_id)
    missing = unsigned_sides(row)
    if not missing:
        raise ActionRefused("No signature is missing.", row.state)
    urns = [urn for urn, _ in missing]
    await record_audit(session, person, "remind_to_sign", "support_agreement", agreement_id, schools=urns)
    text = f"{person.name} reminds your school to sign a support agreement."
    once = f"agreement_reminder:{agreement_id}:{person.today}"
    word = NotificationText("agreement_reminder", text, f"/agreements/{agreement_id}", once)
    await notify_schools(session, person, urns, word)
