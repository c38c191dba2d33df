"""Record and correct visits."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict, ValidationFailed
from alongside.features.escalations.models import FINALS
from alongside.features.escalations.queries import lock_escalation, lock_part
from alongside.features.escalations.rows import EscalationRow
from alongside.features.escalations.transitions import record_event
from alongside.features.escalations.visits.forms import WrittenVisit
from alongside.features.escalations.visits.models import EscalationVisit
from alongside.features.escalations.visits.queries import VISIT
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit

WORK = Permission.CONTRIBUTE_TO_ESCALATION
LABELS = {
    "visit_on": "Date of the visit",
    "hours": "Hours",
    "who": "Visitors",
    "focus": "Focus",
    "found": "Findings",
    "next_steps": "Next steps",
}


async def record_visit(
    session: AsyncSession, person: Principal, escalation_id: UUID, written: WrittenVisit
) -> UUID:
    """Record a visit that took place.

    Raises ValidationFailed for a date in the future, ActionRefused if the escalation is over.
    """
    row = await lock_escalation(session, person, WORK, escalation_id)
    _check(person, row, written)
    made = EscalationVisit(
        authority_id=person.authority_id, escalation_id=escalation_id, recorded_by=person.id, **written
    )
    session.add(made)
    await session.flush()
    await record_audit(session, person, "record_visit", "escalation", escalation_id)
    shown = written["for_school"]
    await record_event(session, person, escalation_id, "record_visit", written["focus"], for_school=shown)
    return made.id


async def correct_visit(
    session: AsyncSession, person: Principal, visit_id: UUID, written: WrittenVisit, version: int
) -> None:
    """Correct the record of a visit. Raises EditConflict if another person saved first."""
    part = await lock_part(session, person, WORK, VISIT, visit_id)
    visit, row = part.row, part.escalation
    _check(person, row, written)
    if visit.version != version:
        typed: dict[str, object] = {**written}
        raise EditConflict(
            [
                (label, str(typed[name]), str(getattr(visit, name)))
                for name, label in LABELS.items()
                if typed[name] != getattr(visit, name)
            ],
            visit.version,
        )
    await session.execute(
        update(EscalationVisit)
        .where(EscalationVisit.authority_id == person.authority_id, EscalationVisit.id == visit_id)
        .values(version=EscalationVisit.version + 1, **written)
        .execution_options(synchronize_session=False)
    )
    await record_audit(session, person, "correct_visit", "escalation", row.id)
    await record_event(
        session, person, row.id, "correct_visit", written["focus"], for_school=written["for_school"]
    )


def _check(person: Principal, row: EscalationRow, written: WrittenVisit) -> None:
    if row.state in FINALS:
        raise ActionRefused("This escalation is closed. Reopen it first.", row.state)
    if written["visit_on"] > person.today:
        raise ValidationFailed({"visit_on": ["The date of the visit must be today or earlier."]})
